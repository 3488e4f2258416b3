// Goal: a client comes back from every loss that can be mended, and leaves nothing behind when closed.
// Method: an edge that speaks the protocol and does what the test says, over real sockets.
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { aClient, anEdge, next, until } from './parts.ts'

test('an edge that is not there yet is tried until it is', async () => {
  const edge = await anEdge()
  await edge.stop()
  const client = await aClient(edge)
  const attempts: number[] = []
  client.on('connecting', ({ attempt }) => attempts.push(attempt))
  const degraded = next(client, 'degraded')
  const connected = client.connect()
  expect(await degraded).toMatchObject({ failure: { code: 'connection_error' } })
  await until(() => attempts.length >= 3)
  await edge.start()
  await connected
  expect(attempts.slice(0, 3)).toEqual([1, 2, 3])
})

test('a lost connection is made again and both are told', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  await client.connect()
  const told: string[] = []
  for (const name of ['degraded', 'connecting', 'ready', 'resumed'] as const) {
    client.on(name, () => told.push(name))
  }
  edge.session.cut()
  await next(client, 'resumed')
  expect(told).toEqual(['degraded', 'connecting', 'ready', 'resumed'])
})

test('a ping is answered with a pong', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  await client.connect()
  edge.session.send({ type: 'ping' })
  await until(() => edge.received('pong').length === 1)
})

test('an edge that goes silent is left for a new connection', async () => {
  const edge = await anEdge()
  edge.pingIntervalMs = 20
  const client = await aClient(edge)
  await client.connect()
  const lost = await next(client, 'degraded')
  expect(lost).toMatchObject({
    failure: { message: expect.stringContaining('nothing heard') as string },
  })
})

test('an edge that pings is not taken for silent', async () => {
  const edge = await anEdge()
  edge.pingIntervalMs = 40
  const client = await aClient(edge)
  await client.connect()
  let lost = 0
  client.on('degraded', () => (lost += 1))
  const pings = setInterval(() => edge.session.send({ type: 'ping' }), 20)
  await until(() => edge.received('pong').length >= 10)
  clearInterval(pings)
  expect(lost).toBe(0)
})

test('an edge that welcomes nobody is left after the time for it', async () => {
  const edge = await anEdge()
  edge.mute = true
  const client = await aClient(edge, { welcomeTimeoutMs: 30 })
  void client.connect().catch(() => {})
  const lost = await next(client, 'degraded')
  expect(lost).toMatchObject({
    failure: { message: expect.stringContaining('no welcome') as string },
  })
})

test('an edge that goes away is left at the moment it names', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  await client.connect()
  const first = edge.session
  const ready = next(client, 'ready')
  const before = performance.now()
  first.send({ type: 'going_away', after_ms: 50 })
  await ready
  expect(performance.now() - before).toBeGreaterThanOrEqual(45)
  await until(() => !edge.sessions.has(first))
})

test('a protocol error ends the client', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  await client.connect()
  const closed = next(client, 'closed')
  edge.session.close(4000, 'not a frame')
  expect((await closed).failure).toMatchObject({ details: { close_code: 4000 } })
})

test('a broker that is away and back is told while the socket stays', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  await client.connect()
  const degraded = next(client, 'degraded')
  edge.session.send({ type: 'status', state: 'degraded' })
  expect(await degraded).toEqual({ cause: 'broker' })
  const resumed = next(client, 'resumed')
  edge.session.send({ type: 'status', state: 'ok' })
  expect(await resumed).toEqual({ cause: 'broker' })
  expect(client.state).toBe('open')
})

test('a closed client leaves no socket and does not come back', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  await client.connect()
  client.close()
  await until(() => edge.sessions.size === 0)
  await expect(client.connect()).resolves.toBeDefined()
  expect(client.state).toBe('closed')
  expect(edge.received('auth')).toHaveLength(1)
})

test('a closed client leaves no timer', async () => {
  const edge = await anEdge()
  edge.procedures['network.echo'] = () => new Promise(() => {})
  const client = await aClient(edge)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    await client.connect()
    const call = client.network.echo({ data: '' })
    const warning = next(client, 'warning')
    edge.session.send([
      { type: 'going_away', after_ms: 60_000 },
      { type: 'warning', code: 'slow' },
    ])
    await warning
    // The call, the silence of the edge, its stability and its going away.
    expect(vi.getTimerCount()).toBe(4)
    client.close()
    await expect(call).rejects.toMatchObject({ code: 'connection_closed' })
    await until(() => edge.sessions.size === 0)
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('a listener that throws disturbs neither the others nor the connection', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  const [caught] = process.listeners('uncaughtException')
  if (caught) process.off('uncaughtException', caught)
  const uncaught = once(process, 'uncaughtException')
  client.on('ready', () => {
    throw new Error('a bug of the application')
  })
  const ready = next(client, 'ready')
  await client.connect()
  await ready
  expect(await uncaught).toContainEqual(new Error('a bug of the application'))
  if (caught) process.on('uncaughtException', caught)
  expect(client.state).toBe('open')
})
