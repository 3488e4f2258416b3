// Shows: W11 (part)
import { setTimeout as sleep } from 'node:timers/promises'
import { processEnvironment } from '@meshboard/kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import type { Ledger } from './ledger.ts'
import type { TestKey } from './test-auth.ts'
import { TestSocket } from './test-socket.ts'

const USERS = 20
const isFull = processEnvironment()['MESH_TEST_FULL'] === '1'
/** In full a million events. */
const EVENTS_A_USER = isFull ? 50_000 : 200
const LOST_COPIES = 0.02

let mesh: EdgeMesh
beforeAll(async () => {
  mesh = await EdgeMesh.start({ EDGE_FEED_LINGER_MS: '30', EDGE_POSITION_CHECK_MS: '300' })
  mesh.answers['earnings.getSummary'] = () => ({})
})
afterAll(() => mesh.stop())

/** A small seeded generator, so that a failed run can be run again. */
const randomOf = (seed: number) => {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A client that keeps its place, is cut off at random moments, and comes back. */
class Wanderer {
  readonly numbers: number[] = []
  gaps = 0
  #place: { seq: number; n: number; epoch: string } | undefined
  readonly #key: TestKey
  readonly #random: () => number

  constructor(key: TestKey, random: () => number) {
    this.#key = key
    this.#random = random
  }

  /** Takes its first place, before there is anything. */
  async begin(): Promise<void> {
    await this.#visit(0)
  }

  async watchUntil(count: number): Promise<void> {
    const end = Date.now() + 10_000 + EVENTS_A_USER * 50
    while (this.numbers.length < count && Date.now() < end) await this.#visit(count)
  }

  async #visit(count: number): Promise<void> {
    const socket = new TestSocket(mesh.url('/ws/v1'))
    const welcome = await socket.next('welcome')
    const since = this.#place
    socket.send([
      { type: 'auth', public_key: this.#key.publicKey, ...this.#key.signChallenge(welcome) },
      { type: 'subscribe', id: 1, channel: 'earnings', ...(since && { since }) },
    ])
    const { seq, n, epoch } = await socket.answer(1)
    this.#place ??= { seq, n, epoch }
    const leaveAt = Date.now() + this.#random() * 400
    while (Date.now() < leaveAt && this.numbers.length < count) {
      this.#take(socket, epoch)
      await sleep(5)
    }
    socket.websocket.terminate()
    this.#take(socket, epoch)
    await sleep(this.#random() * 150)
  }

  #take(socket: TestSocket, epoch: string): void {
    for (const { type, n, seq } of socket.frames.splice(0)) {
      if (type === 'gap') this.gaps += 1
      if (type !== 'event') continue
      this.numbers.push(n)
      this.#place = { seq, n, epoch }
    }
  }
}

const publish = async (ledger: Ledger, random: () => number): Promise<void> => {
  for (let i = 0; i < EVENTS_A_USER; i += 1) {
    await ledger.credit()
    if (random() < 0.3) await sleep(random() * 20)
  }
}

test('nothing is lost, doubled or out of order through random reconnects and lost copies', async () => {
  const seed = Number(processEnvironment()['SEED'] ?? Date.now() % 1_000_000)
  const random = randomOf(seed)
  mesh.loses = () => random() < LOST_COPIES
  const users = await Promise.all(
    Array.from({ length: USERS }, async () => {
      const { key, userId } = mesh.auth.enroll()
      return { wanderer: new Wanderer(key, random), ledger: await mesh.ledger(userId) }
    }),
  )
  await Promise.all(users.map(({ wanderer }) => wanderer.begin()))
  await Promise.all(
    users.flatMap(({ wanderer, ledger }) => [
      publish(ledger, random),
      wanderer.watchUntil(EVENTS_A_USER),
    ]),
  )
  const whole = Array.from({ length: EVENTS_A_USER }, (_, index) => index + 1)
  for (const { wanderer } of users) {
    expect(wanderer.numbers, `seed ${seed}`).toEqual(whole)
    expect(wanderer.gaps, `seed ${seed}`).toBe(0)
  }
}, 3_600_000)
