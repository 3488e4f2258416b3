// Goal: each frame that RFC 6455 does not allow ends with its close code, and the edge goes on.
// Method: bare sockets at every door of a real edge; each case at once and byte by byte.
// Shows: W3
import { processEnvironment } from '@meshboard/kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import { inTurns } from './in-turns.ts'
import { RawPeer } from './raw-peer.ts'
import { type TestSocket, signedIn } from './test-socket.ts'
import { until } from './until.ts'
import { OPCODES, closing, frame } from './wire.ts'
import { WRONG_FRAMES } from './wrong-frames.ts'

const isFull = processEnvironment()['MESH_TEST_FULL'] === '1'
/** Alone on the machine a second is enough. */
const WITHIN_MS = isFull ? 1_000 : 5_000
const PATHS = ['/ws/v1', '/ws/dashboard', '/ws/earnings', '/ws/referrals']

let mesh: EdgeMesh
let neighbour: TestSocket
beforeAll(async () => {
  mesh = await EdgeMesh.start({ EDGE_FRAME_IN_BYTES_MAX: '4096' })
  mesh.answers['network.echo'] = ({ input }) => input
  neighbour = await signedIn(mesh, mesh.auth.enroll().key)
})
afterAll(async () => {
  await neighbour.close()
  await mesh.stop()
})

const opened = (index = 0) =>
  RawPeer.open({ port: mesh.deps.port, path: PATHS[index % PATHS.length] ?? '' })

const echoed = async (id: number): Promise<void> => {
  neighbour.send({ type: 'call', id, procedure: 'network.echo', data: { data: 'x' } })
  expect(await neighbour.answer(id)).toMatchObject({ type: 'reply', data: { data: 'x' } })
}

const codesOf = async (drips: boolean): Promise<string[]> => {
  const wrong: string[] = []
  await inTurns(WRONG_FRAMES, {
    width: 16,
    async each({ what, bytes, code }, index) {
      const peer = await opened(index)
      if (drips) await peer.drip(bytes)
      else peer.write(bytes)
      const got = await peer.closedWith(WITHIN_MS).catch(() => undefined)
      if (got !== code) wrong.push(`${what}: ${got} for ${code}`)
      peer.destroy()
    },
  })
  return wrong
}

test('there are at least three hundred of them', () => {
  expect(WRONG_FRAMES.length).toBeGreaterThanOrEqual(300)
})

test('each, sent at once, is closed with its code', async () => {
  expect(await codesOf(false)).toEqual([])
  await echoed(1)
}, 60_000)

test('each, sent byte by byte, is closed with its code', async () => {
  expect(await codesOf(true)).toEqual([])
  await echoed(2)
}, 60_000)

test('every close code from 0 to 4999 is echoed where it may be sent, and else closed with 1002', async () => {
  const step = isFull ? 1 : 23
  const codes = Array.from({ length: Math.ceil(5_000 / step) }, (_, index) => index * step)
  const mayBeSent = (code: number) =>
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || code >= 3000
  const wrong: string[] = []
  await inTurns([...codes, 1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999], {
    width: 16,
    async each(code, index) {
      const peer = await opened(index)
      peer.write(frame({ opcode: OPCODES.close, payload: closing(code) }))
      const got = await peer.closedWith(WITHIN_MS).catch(() => undefined)
      if (got !== (mayBeSent(code) ? code : 1002)) wrong.push(`${code}: ${got}`)
      peer.destroy()
    },
  })
  expect(wrong).toEqual([])
}, 120_000)

test('a character split over fragments is read whole, with control frames in between', async () => {
  const peer = await opened()
  const text = Buffer.from('{"type":"grüße €🛰"}')
  for (const at of text.keys()) {
    const opcode = at === 0 ? OPCODES.text : OPCODES.continuation
    peer.write(frame({ opcode, payload: text.subarray(at, at + 1), fin: at === text.length - 1 }))
    if (at % 8 === 0) peer.write(frame({ opcode: OPCODES.ping, payload: `${at}` }))
  }
  const [, refusal] = await until(() => peer.texts.length > 1 && peer.texts)
  expect(refusal).toContain('"unauthorized"')
  expect(peer.pongs).toEqual(['0', '8', '16', '24'])
  peer.destroy()
})

test('a length written in more bytes than it needs is read for what it says', async () => {
  for (const lengthBytes of [2, 8] as const) {
    const peer = await opened()
    peer.write(frame({ payload: '{"type":"x"}', lengthBytes }))
    await until(() => peer.texts[1]?.includes('"unauthorized"'))
    peer.destroy()
  }
})

test('binary messages are no frames here: 4000', async () => {
  const peer = await opened()
  peer.write(frame({ opcode: OPCODES.binary, payload: '{"type":"pong"}' }))
  expect(await peer.closedWith(WITHIN_MS)).toBe(4000)
  peer.destroy()
})
