// Goal: those who come back one after the other with the same position cost the stream one read, and
// get what the stream has, also when it was made anew meanwhile.
// Method: sockets of one user that leave and return in turn; the edge's own count of reads.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { streamName } from '@meshboard/contracts'
import { EdgeMesh } from './harness.ts'
import { type Frame, signedIn } from './test-socket.ts'

let mesh: EdgeMesh
beforeAll(async () => {
  mesh = await EdgeMesh.start({ EDGE_FEED_LINGER_MS: '0' })
  mesh.answers['earnings.getSummary'] = ({ caller }) => ({
    user_id: (caller as unknown as { userId: string }).userId,
    balance: '7.000000',
    earned: { network: '7.000000', referral: '0.000000', bonus: '0.000000' },
    entries: 7,
  })
})
afterAll(() => mesh.stop())

type User = ReturnType<EdgeMesh['auth']['enroll']>

/** Watches until `count` events have come, then leaves. */
const visit = async ({ key }: User, count: number, since?: object) => {
  const socket = await signedIn(mesh, key)
  socket.send({ type: 'subscribe', id: 1, channel: 'earnings', ...(since && { since }) })
  const subscribed = await socket.answer(1)
  const events: Frame[] = await socket.events(count)
  await socket.close()
  const { seq, n, epoch } = subscribed as unknown as { seq: number; n: number; epoch: string }
  return { events, place: { seq, n, epoch } }
}

test('five who return in turn with one position read one page', async () => {
  const user = mesh.auth.enroll()
  const ledger = await mesh.ledger(user.userId)
  await ledger.credit()
  const { place } = await visit(user, 0)
  const seqs: number[] = []
  for (let count = 0; count < 4; count += 1) seqs.push(await ledger.credit())
  const { replay } = mesh.deps
  const read = replay.read.bind(replay)
  let reads = 0
  replay.read = (...asked) => {
    reads += 1
    return read(...asked)
  }
  for (let count = 0; count < 5; count += 1) {
    const { events } = await visit(user, 4, place)
    expect(events.map(({ seq }) => seq)).toEqual(seqs)
  }
  expect(reads).toBe(1)
})

test('a page of a stream that is no more is given to nobody', async () => {
  const user = mesh.auth.enroll()
  const old = await mesh.ledger(user.userId)
  await old.credit({ source: 'bonus' })
  const { place: before } = await visit(user, 0)
  await old.credit({ source: 'bonus' })
  await visit(user, 1, before)
  await mesh.recreate(streamName('earnings'))
  const other = await mesh.ledger(mesh.auth.enroll().userId)
  while ((await other.credit()) < before.seq - 1);
  const anew = await mesh.ledger(user.userId)
  for (let count = 0; count < 2; count += 1) await anew.credit({ source: 'network' })
  let { epoch } = before
  while (epoch === before.epoch) ({ epoch } = (await visit(user, 0)).place)
  const { events } = await visit(user, 1, { ...before, epoch })
  expect(events.map(({ n, data }) => [n, (data as { source: string }).source])).toEqual([
    [2, 'network'],
  ])
})
