// Goal: a client that comes back with any position at all is given its own events, in order, and told
// of each hole.
// Method: random positions, true and forged, in a stream that two users share; SEED=n runs them again.
// Shows: W11 (part)
import { processEnvironment } from '@meshboard/kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptySummary } from './empty-summary.ts'
import { EdgeMesh } from './harness.ts'
import { inTurns } from './in-turns.ts'
import { Random } from './random.ts'
import { type Frame, TestSocket } from './test-socket.ts'
import { until } from './until.ts'

const env = processEnvironment()
const COUNT = env['MESH_TEST_FULL'] === '1' ? 500 : 60
const SEED = Number(env['SEED'] ?? Date.now() % 1_000_000_000)
const EVENTS = 40

let mesh: EdgeMesh
let token: string
let epoch: string
/** Where each of the user's events is. */
const seqs: number[] = []
beforeAll(async () => {
  mesh = await EdgeMesh.start({ EDGE_USER_CONNECTIONS_MAX: '1000' })
  mesh.answers['earnings.getSummary'] = emptySummary
  const [ann, bob] = [mesh.auth.enroll(), mesh.auth.enroll()]
  token = mesh.auth.token(ann.userId)
  const [hers, his] = [await mesh.ledger(ann.userId), await mesh.ledger(bob.userId)]
  for (let count = 0; count < EVENTS; count += 1) {
    await his.credit({ source: 'foreign' })
    seqs.push(await hers.credit())
  }
  epoch = (await subscribedFrom({ last: 1 })).find(({ type }) => type === 'subscribed')?.['epoch']
})
afterAll(() => mesh.stop())

/** All frames about the channel, up to the newest event or a gap beyond it. */
const subscribedFrom = async (since: object): Promise<Frame[]> => {
  const socket = new TestSocket(mesh.url('/ws/v1'))
  await socket.next('welcome')
  socket.send([
    { type: 'hello', token },
    { type: 'subscribe', id: 1, channel: 'earnings', since },
  ])
  const isLast = ({ type, n, to }: Frame) =>
    (type === 'event' ? n : type === 'gap' ? to : 0) >= EVENTS
  const isWhole = () =>
    socket.frames.some(isLast) ||
    socket.frames.some(
      ({ type, n, replayed }) => type === 'subscribed' && n === EVENTS && replayed === 0,
    )
  await until(isWhole, 10_000)
  await socket.close()
  return socket.frames.filter(({ type }) => ['subscribed', 'gap', 'event'].includes(type))
}

/** A position that may be true, or as wrong as can be written. */
const forged = (random: Random) => {
  // Not 0, which says that the number is not known.
  const n = 1 + random.below(EVENTS + 5)
  const far = Number.MAX_SAFE_INTEGER - random.below(3)
  return {
    n: random.next() < 0.1 ? far : n,
    seq: random.pick([seqs[n - 1] ?? 0, random.below(EVENTS * 3), 0, far]),
    epoch: random.pick([epoch, epoch, epoch, epoch, 'x'.repeat(8), '']),
  }
}

/** What is wrong with what a client at `n` was shown, if anything. */
const holeIn = (frames: readonly Frame[], from: number): string | undefined => {
  let at = from
  for (const { type, n, to, data } of frames) {
    if (type === 'gap') at = to
    if (type !== 'event') continue
    if (data.source !== 'network') return `event ${n} of somebody else`
    if (n !== at + 1) return `event ${n} after ${at}`
    at = n
  }
  return at < EVENTS ? `nothing after ${at}` : undefined
}

test(`none of ${COUNT} positions brings an unseen hole, or an event of somebody else`, async () => {
  const faults: string[] = []
  await inTurns(
    Array.from({ length: COUNT }, (_, index) => SEED + index),
    {
      width: 30,
      async each(seed) {
        const since = forged(new Random(seed))
        const frames = await subscribedFrom(since)
        const hole = holeIn(frames, since.n)
        if (hole !== undefined) faults.push(`SEED=${seed}, ${JSON.stringify(since)}: ${hole}`)
      },
    },
  )
  expect(faults).toEqual([])
}, 120_000)
