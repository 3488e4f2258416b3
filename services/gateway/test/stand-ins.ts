import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto'
import {
  ACCESS_TOKEN,
  type InputOf,
  type OutputOf,
  type Procedure,
  auth,
  earnings,
  network,
} from '@meshboard/contracts'
import { type CallContext, type Service, defineService, handler, newId } from '@meshboard/kit'

/** What a service was asked, as it saw it. */
export interface Seen {
  readonly procedure: string
  readonly input: unknown
  readonly userId: string | undefined
  readonly traceId: string
  readonly idempotencyKey: string | undefined
}

/** Somebody's proof, and what the stand-ins do by it. */
export interface Issuer {
  /** A token that is good, but for what `changes` say. */
  token(changes?: { claims?: object; header?: object; key?: KeyObject }): string
  readonly jwk: OutputOf<typeof auth.procedures.jwks>['keys'][number]
}

const KID = 'key-of-the-stand-in'
export const ANN = newId('user')
/** The services answer this one only after the time is up. */
export const SLOW = newId('user')
export const CONNECTION = newId('connection')
export const ENTRY = newId('entry')
/** Asking for this entry meets a bug. */
export const BUGGY_ENTRY = newId('entry')
export const GOOD_SIGNATURE = 'a'.repeat(128)
export const BAD_SIGNATURE = '0'.repeat(128)
export const PUBLIC_KEY = 'b'.repeat(64)
export const CHALLENGE = 'c'.repeat(43)

const NOW = '2026-11-21T09:30:00.000Z'
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs access tokens as auth does, with a key of its own. */
export const createIssuer = (): Issuer => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return {
    jwk: { kty: 'OKP', crv: 'Ed25519', x, kid: KID, alg: 'EdDSA', use: 'sig' },
    token({ claims, header, key = privateKey } = {}) {
      const iat = Math.floor(Date.now() / 1000)
      const { issuer: iss, audience: aud, type: typ } = ACCESS_TOKEN
      const ids = { sub: ANN, sid: newId('session'), jti: newId('event'), roles: ['user'] }
      const head = encoded({ alg: 'EdDSA', typ, kid: KID, ...header })
      const signed = `${head}.${encoded({ iss, aud, iat, exp: iat + 300, ...ids, ...claims })}`
      return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`
    },
  }
}

/** The services behind the gateway: the kit's own, on the real contracts, with the least of answers. */
export const standIns = (issuer: Issuer, seen: Seen[]): Service[] => {
  const answer = <P extends Procedure>(
    procedure: P,
    run: (context: CallContext<P>) => Promise<OutputOf<P>>,
  ) =>
    handler(procedure, async (context: CallContext<P>) => {
      const { input, caller, traceId, idempotencyKey } = context
      const userId = caller?.userId
      seen.push({ procedure: procedure.name, input, userId, traceId, idempotencyKey })
      if (userId === SLOW) await new Promise((resolve) => setTimeout(resolve, 1_500).unref())
      return run(context)
    })
  const parts = { config: {}, uses: { calls: [auth.procedures.jwks] }, open: async () => ({}) }
  return [
    defineService({ ...parts, contract: auth, procedures: authAnswers(answer, issuer) }),
    defineService({ ...parts, contract: network, procedures: networkAnswers(answer) }),
    defineService({ ...parts, contract: earnings, procedures: earningsAnswers(answer) }),
  ]
}

type Answer = <P extends Procedure>(
  procedure: P,
  run: (context: CallContext<P>) => Promise<OutputOf<P>>,
) => ReturnType<typeof handler<P, object>>

const session = () => ({
  user_id: ANN,
  session_id: newId('session'),
  access_token: 'a.b.c',
  expires_at: NOW,
})

const authAnswers = (answer: Answer, issuer: Issuer) => {
  const { challenge, register, verify, openSession, jwks } = auth.procedures
  const given = { challenge: CHALLENGE, audience: 'meshboard', now: NOW, expires_at: NOW }
  return {
    challenge: answer(challenge, async () => given),
    register: answer(register, async ({ input, fail }) => {
      if (input.signature === BAD_SIGNATURE) return fail('invalid_signature')
      if (input.username === 'taken') return fail('conflict')
      return { ...session(), username: input.username }
    }),
    verify: answer(verify, async ({ input, fail }) =>
      input.signature === BAD_SIGNATURE ? fail('invalid_signature') : session(),
    ),
    openSession: answer(openSession, async ({ fail }) => fail('unknown_key')),
    jwks: answer(jwks, async () => ({ keys: [issuer.jwk] })),
  }
}

const connection = (given: Partial<InputOf<typeof network.procedures.connect>> = {}) => ({
  id: CONNECTION,
  user_id: ANN,
  device_id: 'laptop',
  network_name: 'home',
  connected: true,
  status: 'connected' as const,
  status_message: '',
  connection_time: 0,
  network_score: 100,
  points_earned: '0.000000',
  created_at: NOW,
  updated_at: NOW,
  ...given,
})

const networkAnswers = (answer: Answer) => {
  const { connect, heartbeat, disconnect, echo, get, list } = network.procedures
  return {
    connect: answer(connect, async ({ input }) => connection(input)),
    heartbeat: answer(heartbeat, async ({ input }) => ({
      connection_id: input.connection_id,
      status: 'connected' as const,
      network_score: 100,
      connection_time: 60,
    })),
    disconnect: answer(disconnect, async () => ({})),
    echo: answer(echo, async ({ input }) => input),
    get: answer(get, async ({ input, fail }) =>
      input.connection_id === CONNECTION ? connection() : fail('not_found'),
    ),
    list: answer(list, async () => ({ connections: [connection()] })),
  }
}

const earningsAnswers = (answer: Answer) => {
  const { getSummary, listEntries, explain } = earnings.procedures
  const nothing = '0.000000'
  return {
    getSummary: answer(getSummary, async ({ caller }) => ({
      user_id: caller.userId,
      balance: nothing,
      earned: { network: nothing, referral: nothing, bonus: nothing },
      entries: 0,
    })),
    listEntries: answer(listEntries, async () => ({ entries: [] })),
    explain: answer(explain, async ({ input, fail }) => {
      if (input.entry_id === BUGGY_ENTRY) throw new Error('relation "secrets" does not exist')
      return fail('not_found')
    }),
  }
}
