// Goal: after an edge was killed its clients are all back within a minute, and auth is hardly asked.
// Method: an edge in a process of its own, killed with all its clients and started again in its place;
// clients of the SDK that signed in with keys, in processes of their own.
import { processEnvironment } from '@meshboard/kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Crowds } from './crowds.ts'
import { EdgeProcess } from './edge-process.ts'
import { EdgeMesh } from './harness.ts'
import { RawPeer } from './raw-peer.ts'
import { until, untilSo } from './until.ts'
import { frame } from './wire.ts'

const isFull = processEnvironment()['MESH_TEST_FULL'] === '1'
const { clients, processes } = isFull
  ? { clients: 10_000, processes: 4 }
  : { clients: 100, processes: 1 }
const BACK_MS = 60_000

let mesh: EdgeMesh
let edge: EdgeProcess
let crowds: Crowds
beforeAll(async () => {
  mesh = await EdgeMesh.start()
  edge = await EdgeProcess.start(mesh, { env: { EDGE_TICKET_SECRET: 'shared' } })
  crowds = await Crowds.start(mesh, { clients, processes, watching: 10 })
  await crowds.connect(`${edge.url}/ws/v1`)
}, 300_000)
afterAll(async () => {
  await crowds.end()
  await edge.stop()
  await mesh.stop()
})

test('of four hundred tokens that are shown at once, none is refused as one too many', async () => {
  const peers: RawPeer[] = []
  for (let from = 0; from < 400; from += 100)
    peers.push(
      ...(await Promise.all(
        Array.from({ length: 100 }, () => RawPeer.open({ port: mesh.deps.port })),
      )),
    )
  for (const peer of peers) {
    const token = mesh.auth.token(mesh.auth.enroll().userId)
    peer.write(frame({ payload: JSON.stringify({ type: 'hello', token }) }))
  }
  const outcomes = () =>
    peers.map(({ texts }) => texts.find((text) => /^{"type":"(auth_success|error)"/.test(text)))
  await until(() => !outcomes().includes(undefined), 15_000)
  expect(outcomes().filter((text) => !text?.includes('auth_success'))).toEqual([])
  for (const peer of peers) peer.destroy()
}, 30_000)

test(`${clients} clients of a killed edge are all back, and fewer than one in ten asks auth`, async () => {
  expect(await crowds.fare()).toMatchObject({ open: clients, lost: 0 })
  const asked = mesh.auth.sessions.length
  expect(asked).toBe(clients)
  const { port } = edge
  await edge.stop('SIGKILL')
  const killedAt = Date.now()
  edge = await EdgeProcess.start(mesh, {
    env: { EDGE_TICKET_SECRET: 'shared', EDGE_PORT: `${port}` },
  })
  await untilSo(async () => (await crowds.fare()).back >= clients, BACK_MS)
  expect(Date.now() - killedAt).toBeLessThan(BACK_MS)
  expect(await crowds.fare()).toMatchObject({ open: clients, gaps: 0 })
  expect(mesh.auth.sessions.length - asked).toBeLessThan(clients / 10)
}, 120_000)

test('and those who watch see what happens next, from where they were', async () => {
  const ledgers = await Promise.all(crowds.watchers.map((userId) => mesh.ledger(userId)))
  for (const ledger of ledgers) await ledger.credit()
  await untilSo(async () => (await crowds.fare()).shown === ledgers.length, 10_000)
  expect(await crowds.fare()).toMatchObject({ wrong: 0, gaps: 0 })
}, 30_000)
