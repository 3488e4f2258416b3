// Goal: conversations spoilt at random crash nothing, leak nothing, and hurt nobody else.
// Method: an edge in a process of its own; each conversation is one of a good client with something
// changed in its head, its frames or its texts. SEED=n runs again from the one that failed.
// Shows: W2 (part), W12
import { setTimeout as sleep } from 'node:timers/promises'
import { processEnvironment } from '@meshboard/kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerDevices } from './answer-device.ts'
import { type Person, conversationOf, enrollPeople } from './conversations.ts'
import { EdgeProcess } from './edge-process.ts'
import { emptySummary } from './empty-summary.ts'
import { EdgeMesh } from './harness.ts'
import { inTurns } from './in-turns.ts'
import { spoilFrames, spoilHead, spoilTexts } from './mutations.ts'
import { Neighbour } from './neighbour.ts'
import { Random } from './random.ts'
import { type Outcome, converse, faultIn } from './converse.ts'
import { Secrets } from './secrets.ts'
import { WRONG_FRAMES } from './wrong-frames.ts'

const env = processEnvironment()
const isFull = env['MESH_TEST_FULL'] === '1'
const [COUNT, PACED] = isFull ? [100_000, 5_000] : [400, 0]
const SEED = Number(env['SEED'] ?? Date.now() % 1_000_000_000)
const PACED_PER_SECOND = 100

const secrets = new Secrets()
const faults: string[] = []
let mesh: EdgeMesh
let edge: EdgeProcess
let people: readonly Person[]
let neighbour: Neighbour

beforeAll(async () => {
  mesh = await EdgeMesh.start()
  mesh.answers['earnings.getSummary'] = emptySummary
  answerDevices(mesh.answers)
  mesh.answers['network.list'] = () => ({ connections: [] })
  edge = await EdgeProcess.start(mesh, {
    env: {
      LOG_LEVEL: 'debug',
      EDGE_OPERATIONS_PER_SECOND: '1000',
      EDGE_USER_CONNECTIONS_MAX: '10000',
    },
    onLine(line) {
      if (secrets.isIn(line)) faults.push(`a secret is logged: ${line}`)
      if (/"level":"(error|fatal)"/.test(line) || !line.startsWith('{')) faults.push(line)
    },
  })
  people = enrollPeople(mesh, secrets, 20)
  neighbour = await Neighbour.open(mesh, `${edge.url}/ws/v1`)
})
afterAll(async () => {
  await neighbour.close()
  await edge.stop()
  await mesh.stop()
})

/** Has one conversation, spoilt or not, all of it chosen by its seed. */
const one = async (
  seed: number,
  { isSpoilt, patienceMs = 60 }: { isSpoilt: boolean; patienceMs?: number },
): Promise<Outcome> => {
  const random = new Random(seed)
  const { head, texts } = conversationOf({ random, person: random.pick(people), secrets })
  const [inHead, inTexts] = [random.next() < 0.15, random.next() < 0.6]
  const inFrames = !inHead && (!inTexts || random.next() < 0.2)
  return converse(edge.port, {
    patienceMs,
    head: isSpoilt && inHead ? spoilHead(random, head) : head,
    texts: (greeting) => {
      const good = texts(greeting)
      return isSpoilt && inTexts ? spoilTexts(random, good) : good
    },
    toBytes: (frames) => (isSpoilt && inFrames ? spoilFrames(random, frames) : frames),
  })
}

const judged = async (seed: number): Promise<void> => {
  const fault = faultIn(await one(seed, { isSpoilt: true }), isFull ? 1_000 : 5_000)
  if (fault !== undefined) faults.push(`SEED=${seed}: ${fault}`)
}

const seedsFrom = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => from + index)

test('a conversation that is not spoilt goes well', async () => {
  const kinds = new Set<string>()
  await inTurns(seedsFrom(SEED, 40), {
    width: 8,
    async each(seed) {
      const outcome = await one(seed, { isSpoilt: false, patienceMs: 400 })
      expect(faultIn(outcome, 5_000), `SEED=${seed}`).toBeUndefined()
      expect(outcome, `SEED=${seed}`).toMatchObject({ status: 101, code: undefined })
      for (const { type } of outcome.frames) kinds.add(type)
    },
  })
  expect([...kinds]).toEqual(
    expect.arrayContaining(['auth_success', 'reply', 'subscribed', 'heartbeat_ack']),
  )
})

test(`none of ${COUNT} spoilt conversations has another end than it deserves, nor says a secret`, async () => {
  const warmUp = Math.min(COUNT, 40_000)
  let before = 0
  await neighbour.during(100, async () => {
    await inTurns(seedsFrom(SEED, warmUp), { width: 16, each: judged })
    before = await edge.rssMib()
    await inTurns(seedsFrom(SEED + warmUp, COUNT - warmUp), { width: 16, each: judged })
  })
  expect(neighbour.refused).toEqual([])
  expect(faults, `SEED=${SEED}`).toEqual([])
  expect(edge.end).toBeUndefined()
  expect(secrets.size).toBeGreaterThan(COUNT / 10)
  if (isFull) expect(await edge.rssMib()).toBeLessThan(before * 1.1)
}, 3_600_000)

test('what follows a login and is no frame at all is logged without a secret, too', async () => {
  await inTurns(WRONG_FRAMES, {
    width: 16,
    async each({ bytes }, index) {
      const random = new Random(index)
      const said = conversationOf({ random, person: random.pick(people), secrets })
      await converse(edge.port, { ...said, toBytes: (frames) => [...frames.slice(0, 1), bytes] })
    },
  })
  await neighbour.call()
  expect(faults).toEqual([])
}, 60_000)

test.runIf(isFull)(
  'others wait no longer than beside as many good conversations',
  async () => {
    const beside = (isSpoilt: boolean) =>
      neighbour.during(10, async () => {
        const running: Promise<unknown>[] = []
        for (const seed of seedsFrom(SEED, PACED)) {
          running.push(one(seed, { isSpoilt }))
          await sleep(1_000 / PACED_PER_SECOND)
        }
        await Promise.all(running)
      })
    const good = await beside(false)
    const spoilt = await beside(true)
    expect(good).toBeGreaterThan(0)
    expect(spoilt).toBeLessThan(good * 1.2 + 1)
  },
  600_000,
)
