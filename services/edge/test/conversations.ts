import type { EdgeMesh } from './harness.ts'
import { upgradeHead } from './raw-peer.ts'
import type { Random } from './random.ts'
import type { Secrets } from './secrets.ts'
import type { TestKey } from './test-auth.ts'

/** Somebody who may sign in, by key or token. */
export interface Person {
  readonly key: TestKey
  readonly token: string
}

/** What the edge says first, as far as an answer needs it. */
export interface Greeting {
  readonly challenge?: string
  readonly now?: string
}

/** What a client says, from the first byte on. */
export interface Conversation {
  readonly head: string
  /** The texts that follow the greeting. */
  readonly texts: (greeting: Greeting) => readonly string[]
}

interface Telling {
  random: Random
  person: Person
  secrets: Secrets
}

/** People of the mesh; what they prove themselves with is a secret from now on. */
export const enrollPeople = (mesh: EdgeMesh, secrets: Secrets, count: number): Person[] =>
  Array.from({ length: count }, () => {
    const { key, userId } = mesh.auth.enroll()
    const token = mesh.auth.token(userId, { seconds: 36_000 })
    secrets.plant(key.publicKey, token)
    return { key, token }
  })

const session = (random: Random): object[] => [
  { type: 'subscribe', id: 1, channel: 'earnings', ...random.pick([{}, { since: { last: 5 } }]) },
  { type: 'call', id: 2, procedure: 'network.echo', data: { data: `e${random.below(100)}` } },
  { type: 'pong' },
  { type: 'call', id: 3, procedure: 'earnings.getSummary', data: {}, timeout_ms: 500 },
  { type: 'cancel', id: 3 },
  { type: 'subscribe', id: 4, channel: random.pick(['network', 'referrals', 'notifications']) },
  { type: 'unsubscribe', id: 5, channel: 'earnings' },
]

const written = (frames: readonly object[]): string[] => frames.map((one) => JSON.stringify(one))

const withToken = ({ random, person }: Telling): Conversation => ({
  head: upgradeHead(),
  texts: () => written([{ type: 'hello', token: person.token }, ...session(random)]),
})

const withKey = ({ random, person: { key }, secrets }: Telling): Conversation => ({
  head: upgradeHead(),
  texts: (greeting) => {
    const proof = key.signChallenge(greeting)
    secrets.plant(proof.signature, greeting.challenge ?? '')
    return written([{ type: 'auth', public_key: key.publicKey, ...proof }, ...session(random)])
  },
})

const asBatch = ({ random, person }: Telling): Conversation => ({
  head: upgradeHead(),
  texts: () => [JSON.stringify([{ type: 'hello', token: person.token }, ...session(random)])],
})

const withBearer = ({ random, person }: Telling): Conversation => ({
  head: upgradeHead({
    headers: [`Sec-WebSocket-Protocol: meshboard.v1.json, bearer.${person.token}`],
  }),
  texts: () => written(session(random)),
})

const atDashboard = ({ random, person: { key }, secrets }: Telling): Conversation => ({
  head: upgradeHead({ path: '/ws/dashboard' }),
  texts: () => {
    const timestamp = Math.floor(Date.now() / 1000)
    const nonce = `nonce-${random.bytes(16).toString('hex')}`
    const signature = key.signTime(timestamp, nonce)
    secrets.plant(nonce, signature)
    const quality = { latency_ms: 20, jitter_ms: 1, packet_loss_pct: 0 }
    return [
      ...written([
        { type: 'auth', data: { public_key: key.publicKey, timestamp, nonce, signature } },
      ]),
      ...written([{ type: 'connect', data: { device_id: 'd1', network_name: 'home' } }]),
      ...written([{ type: 'heartbeat', data: quality }, { type: 'disconnect' }]),
      'ping',
    ]
  },
})

const byQuery = ({ person }: Telling): Conversation => ({
  head: upgradeHead({ path: `/ws/earnings?token=${person.token}` }),
  texts: () => ['ping', ...written([{ type: 'auth', data: { token: person.token } }])],
})

const KINDS = [withToken, withKey, asBatch, withBearer, atDashboard, byQuery]

/** One of the conversations that clients have. */
export const conversationOf = (telling: Telling): Conversation =>
  telling.random.pick(KINDS)(telling)
