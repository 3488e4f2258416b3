// Goal: a client that is slow, gone or too much costs only itself, and a stop loses no answer.
// Method: raw sockets against the real gateway with short times.
// Shows: H1 (part), H2 (part)
import { once } from 'node:events'
import { type Socket, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Door, as, startDoor } from './harness.ts'
import { SLOW } from './stand-ins.ts'

/** Far more than the limits set here, on a busy machine, too; less than those that hold by default. */
const LONG_MS = 4_500

let door: Door

beforeAll(async () => {
  door = await startDoor({ GATEWAY_HEADERS_TIMEOUT_MS: '300' })
})
afterAll(() => door.stop())

/** A raw connection, and everything that came over it until it was closed. */
const dial = async (port = door.port): Promise<{ socket: Socket; heard: Promise<string> }> => {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString()))
  socket.on('error', () => {})
  const heard = new Promise<string>((resolve) => socket.on('close', () => resolve(text)))
  await new Promise((resolve) => socket.once('connect', resolve))
  return { socket, heard }
}

/** Sends a byte now and then until the other side has had enough. */
const drip = async (socket: Socket, byte: string) => {
  while (!socket.destroyed && socket.writable) {
    socket.write(byte)
    await sleep(50)
  }
}

test('headers that only drip are cut off', async () => {
  const { socket, heard } = await dial()
  const began = Date.now()
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ')
  await Promise.all([drip(socket, 'a'), heard])
  expect(await heard).toMatch(/^HTTP\/1.1 408 /)
  expect(Date.now() - began).toBeLessThan(LONG_MS)
})

test('a body that only drips is cut off', async () => {
  const hasty = await door.another({
    GATEWAY_HEADERS_TIMEOUT_MS: '300',
    GATEWAY_REQUEST_TIMEOUT_MS: '600',
  })
  const { socket, heard } = await dial(hasty.port)
  const began = Date.now()
  socket.write(
    'POST /api/auth/challenge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{',
  )
  await Promise.all([drip(socket, ' '), heard])
  expect(Date.now() - began).toBeLessThan(LONG_MS)
  await hasty.stop()
})

test('after a body that was refused unread the same connection serves the next request', async () => {
  const { socket, heard } = await dial()
  const piece = `${(60_000).toString(16)}\r\n${'x'.repeat(60_000)}\r\n`
  socket.write(
    'POST /api/auth/challenge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
  )
  for (let time = 0; time < 8; time += 1) socket.write(piece)
  socket.write('0\r\n\r\nGET /failures HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  expect((await heard).match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200'])
})

test('headers that are too large are refused', async () => {
  const { socket, heard } = await dial()
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'a'.repeat(9_000)}\r\n\r\n`)
  expect(await heard).toMatch(/^HTTP\/1.1 431 /)
})

test('what is no HTTP is refused', async () => {
  const { socket, heard } = await dial()
  socket.write(
    'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  )
  expect(await heard).toMatch(/^HTTP\/1.1 400 /)
})

test('a connection beyond the limit is closed at once, and those within it go on', async () => {
  const small = await door.another({ GATEWAY_CONNECTIONS_MAX: '1' })
  const first = await dial(small.port)
  const second = await dial(small.port)
  expect(await second.heard).toBe('')
  first.socket.write('GET /failures HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  expect(await first.heard).toMatch(/^HTTP\/1.1 200 /)
  await small.stop()
})

test('a connection that has nothing more to ask is closed after a while', async () => {
  const short = await door.another({ GATEWAY_KEEP_ALIVE_MS: '100' })
  const { socket, heard } = await dial(short.port)
  const began = Date.now()
  socket.write('GET /failures HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(await heard).toMatch(/^HTTP\/1.1 200 /)
  expect(Date.now() - began).toBeLessThan(LONG_MS)
  await short.stop()
})

test('a connection on which nothing moves during a request is closed', async () => {
  const silent = await door.another({ GATEWAY_SILENCE_MS: '200' })
  const asking = as({ ...door, url: silent.url }, { sub: SLOW })('/api/earnings/summary')
  await expect(asking).rejects.toThrow()
  await silent.stop()
})

test('a client that hangs up ends its call', async () => {
  const narrow = await door.another({ CALLS_IN_FLIGHT_MAX: '1' })
  const through = as({ ...door, url: narrow.url }, { sub: SLOW })
  const leaving = new AbortController()
  const left = through('/api/networks', { signal: leaving.signal }).catch(() => 'left')
  await sleep(100)
  expect((await as({ ...door, url: narrow.url })('/api/networks')).status).toBe(503)
  leaving.abort()
  expect(await left).toBe('left')
  await sleep(50)
  expect((await as({ ...door, url: narrow.url })('/api/networks')).status).toBe(200)
  await narrow.stop()
})

test('a gateway that will stop still answers, and asks each client for another connection', async () => {
  const other = await door.another({ GATEWAY_DRAIN_MS: '400' })
  const kept = await dial(other.port)
  kept.socket.write('GET /failures HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(kept.socket, 'data')
  const stopped = other.stop()
  await sleep(100)
  kept.socket.write('GET /failures HTTP/1.1\r\nHost: x\r\n\r\n')
  const late = await dial(other.port)
  late.socket.write('GET /failures HTTP/1.1\r\nHost: x\r\n\r\n')
  expect((await kept.heard).match(/HTTP\/1.1 \d+|connection: close/gi)).toEqual([
    'HTTP/1.1 200',
    'HTTP/1.1 200',
    'connection: close',
  ])
  expect(await late.heard).toMatch(/^HTTP\/1.1 200 [^]*connection: close/i)
  await stopped
})

test('a stopping gateway answers what it has in hand, keeps no idle connection and takes nothing new', async () => {
  const other = await door.another({ GATEWAY_CALL_MS_MAX: '1000' })
  const through = as({ ...door, url: other.url }, { sub: SLOW })
  const idle = await dial(other.port)
  const inHand = through('/api/earnings/summary')
  await sleep(100)
  const stopped = other.stop()
  await idle.heard
  const answered = await inHand
  const began = Date.now()
  expect(answered.status).toBe(504)
  await answered.text()
  await stopped
  expect(Date.now() - began).toBeLessThan(LONG_MS)
  await expect(fetch(other.url)).rejects.toThrow()
})

test('a port in use is said in one line', async () => {
  const clash = door.another({ GATEWAY_PORT: String(door.port) })
  await expect(clash).rejects.toThrow(
    `port ${door.port} of 127.0.0.1 is in use: end what uses it, or set GATEWAY_PORT`,
  )
})
