// Goal: the fault proxy does to a connection what it says, and only while it says so.
// Method: an echo server behind it, sockets of Node before it.
import { once } from 'node:events'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TcpProxy, startProxy, until } from '../src/index.ts'

const echo = createServer((socket) => socket.on('error', () => socket.destroy()).pipe(socket))
let proxy: TcpProxy

beforeEach(async () => {
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
  proxy = await startProxy({ port: (echo.address() as AddressInfo).port })
})
afterEach(async () => {
  await proxy.stop()
  await new Promise((resolve) => echo.close(resolve))
})

interface Client {
  socket: Socket
  heard: string
  fault: string
}

const open = async (): Promise<Client> => {
  const socket = connect(proxy.port, '127.0.0.1')
  const client: Client = { socket, heard: '', fault: '' }
  socket.on('data', (chunk) => (client.heard += String(chunk)))
  socket.on('error', (error: NodeJS.ErrnoException) => (client.fault = error.code ?? ''))
  await once(socket, 'connect')
  return client
}

test('bytes go through both ways, and a cut ends who is there but lets others in', async () => {
  const one = await open()
  one.socket.write('hello')
  await until(() => one.heard === 'hello')
  proxy.cut()
  await until(() => one.socket.closed)
  const other = await open()
  other.socket.write('again')
  await until(() => other.heard === 'again')
})

test('a black hole keeps connections open and lets nothing through until it is restored', async () => {
  const before = await open()
  proxy.blackhole()
  const during = await open()
  before.socket.write('lost')
  during.socket.write('lost')
  await sleep(100)
  expect([before.heard, during.heard, before.socket.closed]).toEqual(['', '', false])
  proxy.restore()
  await until(() => before.socket.closed && during.socket.closed)
  const after = await open()
  after.socket.write('there')
  await until(() => after.heard === 'there')
})

test('one direction can be swallowed alone', async () => {
  proxy.blackhole('down')
  let arrived = ''
  echo.on('connection', (socket) => socket.on('data', (chunk) => (arrived += String(chunk))))
  const client = await open()
  client.socket.write('up')
  await until(() => arrived === 'up')
  await sleep(50)
  expect(client.heard).toBe('')
})

test('a delay holds bytes back and keeps their order', async () => {
  proxy.delay(50)
  const client = await open()
  const since = Date.now()
  for (const letter of 'abc') client.socket.write(letter)
  await until(() => client.heard === 'abc')
  expect(Date.now() - since).toBeGreaterThanOrEqual(99)
})

test('a reset is seen as one, and nobody gets in while it refuses', async () => {
  const client = await open()
  proxy.reset()
  await until(() => client.fault === 'ECONNRESET')
  proxy.refuse()
  const refused = await open().catch((error: NodeJS.ErrnoException) => error.code)
  if (typeof refused === 'object') await until(() => refused.fault === 'ECONNRESET')
  proxy.restore()
  const after = await open()
  after.socket.write('there')
  await until(() => after.heard === 'there')
})
