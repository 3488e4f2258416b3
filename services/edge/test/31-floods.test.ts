// Goal: whoever sends too much, too little or nothing at all is cut off with the right code, and costs
// the others nothing.
// Method: bare sockets at a real edge, a good client beside them.
// Shows: W4, W5, W6, W7, W8
import { setTimeout as sleep } from 'node:timers/promises'
import { processEnvironment } from '@meshboard/kit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import { Neighbour } from './neighbour.ts'
import { RawPeer, upgradeHead } from './raw-peer.ts'
import { until } from './until.ts'
import { OPCODES, closing, frame } from './wire.ts'

const isFull = processEnvironment()['MESH_TEST_FULL'] === '1'
const { silent, gone, fragmenting, firstFrameMs } = isFull
  ? { silent: 5_000, gone: 1_000, fragmenting: 200, firstFrameMs: 5_000 }
  : { silent: 100, gone: 50, fragmenting: 10, firstFrameMs: 1_500 }
const FRAME_BYTES = 65_536
const [PING_MS, SILENCE_MS] = [200, 400]

let mesh: EdgeMesh
let neighbour: Neighbour
const peers: RawPeer[] = []
beforeAll(async () => {
  mesh = await EdgeMesh.start({
    EDGE_FIRST_FRAME_MS: `${firstFrameMs}`,
    EDGE_STRANGERS_MAX: '10000',
    EDGE_ATTEMPTS_MAX: '1000000',
    EDGE_CLOSE_HANDSHAKE_MS: '200',
    EDGE_MESSAGES_HELD_MAX: '500',
  })
  neighbour = await Neighbour.open(mesh)
})
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.destroy()
  await until(() => mesh.deps.connections.size <= 1, 10_000)
  await neighbour.call()
})
afterAll(async () => {
  await neighbour.close()
  await mesh.stop()
})

const opened = async (path = '/ws/v1', headers: readonly string[] = []): Promise<RawPeer> => {
  const peer = await RawPeer.open({ port: mesh.deps.port, path, headers })
  peers.push(peer)
  return peer
}

const bare = (): RawPeer => {
  const peer = new RawPeer(mesh.deps.port)
  peers.push(peer)
  return peer
}

/** Of exactly so many bytes. */
const message = (bytes: number): string => {
  const [head, tail] = ['{"type":"x","pad":"', '"}']
  return `${head}${'p'.repeat(bytes - head.length - tail.length)}${tail}`
}

const isAnswered = (peer: RawPeer) => until(() => peer.texts[1]?.includes('"unauthorized"'))

describe('a message', () => {
  test('of the limit is read, in one frame or several', async () => {
    const [whole, split] = [await opened(), await opened()]
    whole.write(frame({ payload: message(FRAME_BYTES) }))
    const [first, second] = [
      message(FRAME_BYTES).slice(0, 40_000),
      message(FRAME_BYTES).slice(40_000),
    ]
    split.write(frame({ payload: first, fin: false }), frame({ opcode: 0, payload: second }))
    await Promise.all([isAnswered(whole), isAnswered(split)])
  })

  test('of a byte more is closed with 1009 by its header, before any of it is sent', async () => {
    const [whole, split] = [await opened(), await opened()]
    whole.write(frame({ claims: BigInt(FRAME_BYTES + 1) }))
    split.write(frame({ payload: message(40_000), fin: false }))
    split.write(frame({ opcode: 0, claims: BigInt(FRAME_BYTES + 1 - 40_000) }))
    expect(await whole.closedWith()).toBe(1009)
    expect(await split.closedWith()).toBe(1009)
  })

  test('of so many fragments is read, and of one more closed with 1008', async () => {
    const peers = await Promise.all(Array.from({ length: fragmenting }, () => opened()))
    for (const peer of peers) {
      peer.write(frame({ payload: '{', fin: false }))
      for (let count = 1; count < 64; count += 1)
        peer.write(frame({ opcode: 0, payload: ' ', fin: false }))
      peer.write(frame({ opcode: OPCODES.ping, payload: 'there' }))
    }
    await until(() => peers.every(({ pongs }) => pongs.length === 1))
    for (const peer of peers) peer.write(frame({ opcode: 0, fin: false }))
    for (const peer of peers) expect(await peer.closedWith()).toBe(1008)
  })

  test('that comes in single bytes is closed with 1008 before it weighs more than it says', async () => {
    const peer = await opened()
    await peer.drip(frame({ payload: message(20_000) }))
    expect(await peer.closedWith()).toBe(1008)
  })
})

describe('pings', () => {
  test('are answered with what they hold, and no compression is agreed on', async () => {
    const offer = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'
    const peer = await opened('/ws/v1', [offer])
    expect(peer.head).not.toMatch(/extensions/i)
    for (let count = 1; count <= 100; count += 1)
      peer.write(frame({ opcode: OPCODES.ping, payload: `${count}` }))
    await until(() => peer.pongs.length === 100)
    expect(peer.pongs.at(-1)).toBe('100')
    expect(peer.code).toBeUndefined()
  })

  test.each([
    ['pings', OPCODES.ping],
    ['pongs', OPCODES.pong],
  ])('a flood of %s from a peer that never reads is closed with 4402', async (_what, opcode) => {
    const floods = () => mesh.metric('edge_closes_total{code="4402",service="edge"}')
    const [before, peer] = [await floods(), await opened()]
    peer.socket.pause()
    const flood = Buffer.concat(
      Array.from({ length: 10_000 }, () => frame({ opcode, payload: 'x' })),
    )
    for (let round = 0; round < 50 && !peer.socket.destroyed; round += 1) {
      peer.write(flood)
      await sleep(5)
    }
    await until(() => mesh.deps.connections.size === 1)
    // Whoever is still sending does not hear why.
    expect(await floods()).toBe(before + 1)
  })

  test('one batch far beyond the rate is closed with 4402, and none of it is done', async () => {
    const peer = await opened()
    peer.write(frame({ payload: `[${'{"type":"x"},'.repeat(4_000)}{"type":"x"}]` }))
    expect(await peer.closedWith()).toBe(4402)
    expect(peer.texts.length).toBe(1)
  })
})

describe('a client that says nothing', () => {
  test('after the upgrade is closed with 4100 in time, and the others do not notice', async () => {
    const p99Ms = await neighbour.during(20, async () => {
      for (let from = 0; from < silent; from += 100)
        await Promise.all(Array.from({ length: 100 }, () => opened()))
      await until(() => peers.every(({ code }) => code !== undefined), firstFrameMs * 3 + 5_000)
    })
    expect(new Set(peers.map(({ code }) => code))).toEqual(new Set([4100]))
    if (isFull) expect(p99Ms).toBeLessThan(200)
    if (isFull) expect(neighbour.refused).toEqual([])
  }, 60_000)

  test('or asks by halves is cut off', async () => {
    const heads = {
      'no byte': '',
      'half a head': 'GET /ws/v1 HTTP/1.1\r\nHost: edge\r\nUpgr',
      'a head without end': upgradeHead().slice(0, -2),
      'one request and no more': 'GET / HTTP/1.1\r\nHost: edge\r\n\r\n',
      'a body without end': 'POST / HTTP/1.1\r\nHost: edge\r\nContent-Length: 9\r\n\r\nx',
    }
    const waiting = Object.values(heads).map((head) => {
      const peer = bare()
      peer.write(head)
      return peer
    })
    const dripping = bare()
    const slow = upgradeHead({ headers: Array.from({ length: 500 }, (_, n) => `X-${n}: ${n}`) })
    for (let at = 0; at < slow.length && !dripping.isGone; at += 1) {
      dripping.write(slow.charAt(at))
      await sleep(10)
    }
    expect(dripping.isGone).toBe(true)
    await until(() => waiting.every(({ isGone }) => isGone), firstFrameMs + 5_000)
    for (const { status } of [dripping, ...waiting]) expect(status).not.toBe(101)
  }, 20_000)

  test('but its farewell, and leaves the line open, is cut off', async () => {
    const [closed, ended] = [await opened(), await opened()]
    for (const peer of [closed, ended]) peer.socket.pause()
    closed.write(frame({ opcode: OPCODES.close, payload: closing(1000) }))
    ended.socket.end()
    await until(() => mesh.deps.connections.size === 1)
    for (const peer of [closed, ended]) peer.socket.resume()
    await until(() => closed.isGone && ended.isGone)
  })
})

test('clients that are gone without a word are found out within two heartbeats', async () => {
  await mesh.stopService('edge')
  await mesh.startEdge({
    EDGE_PING_INTERVAL_MS: `${PING_MS}`,
    EDGE_SILENCE_MS: `${SILENCE_MS}`,
    EDGE_CLOSE_HANDSHAKE_MS: '200',
    EDGE_USER_CONNECTIONS_MAX: '10000',
  })
  const hello = { type: 'hello', token: mesh.auth.token(mesh.auth.enroll().userId) }
  for (let from = 0; from < gone; from += 50)
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const peer = await opened()
        peer.write(frame({ payload: JSON.stringify(hello) }))
        peer.socket.pause()
      }),
    )
  await until(() => mesh.deps.connections.size === 0, SILENCE_MS * 2 + 5_000)
  expect(await mesh.metric('edge_closes_total')).toBe(gone)
  for (const peer of peers) peer.socket.resume()
  await until(() => peers.every(({ isGone }) => isGone))
  for (const peer of peers) expect(peer.code).toBe(4202)
  neighbour = await Neighbour.open(mesh)
}, 30_000)
