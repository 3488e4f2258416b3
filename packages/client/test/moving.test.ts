// Goal: an edge that goes away leaves its client never without a socket.
// Method: the SDK over real sockets, at a test edge that speaks the protocol.
import { expect, test } from 'vitest'
import { aClient, anEdge, credit, next, until, watching } from './parts.ts'

test('the new socket is signed in before the old one closes', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  await client.connect()
  const [first] = edge.sessions
  let least = 2
  const told: string[] = []
  client.on('degraded', () => told.push('degraded'))
  const ready = next(client, 'ready')
  first?.send({ type: 'going_away', after_ms: 10 })
  const watch = setInterval(() => (least = Math.min(least, edge.sessions.size)), 1)
  await ready
  await until(() => edge.sessions.size === 1)
  clearInterval(watch)
  expect(least).toBeGreaterThanOrEqual(1)
  expect(edge.session).not.toBe(first)
  expect(told).toEqual([])
})

test('a call that is in flight while the edge goes away is answered', async () => {
  const edge = await anEdge()
  const { promise: hold, resolve: release } = Promise.withResolvers<void>()
  edge.procedures['network.echo'] = async ({ data }: { data: string }) => {
    await hold
    return { data }
  }
  const client = await aClient(edge)
  await client.connect()
  const call = client.network.echo({ data: 'x' })
  await until(() => edge.received('call').length === 1)
  const ready = next(client, 'ready')
  edge.session.send({ type: 'going_away', after_ms: 0 })
  await ready
  release()
  expect(await call).toEqual({ data: 'x' })
  await until(() => edge.sessions.size === 1)
})

test('a call made while it moves goes out, and a watch has its place back without a hole', async () => {
  const { edge, client, amounts, gaps } = await watching()
  edge.procedures['network.echo'] = ({ data }: { data: string }) => ({ data })
  await until(() => edge.received('subscribe').length === 1)
  credit(edge, 1, 3)
  const ready = next(client, 'ready')
  edge.session.send({ type: 'going_away', after_ms: 0 })
  await until(() => client.state === 'moving')
  const call = client.network.echo({ data: 'on the way' })
  credit(edge, 4, 6)
  await ready
  credit(edge, 7, 9)
  await until(() => amounts.length === 9)
  expect(amounts).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9'])
  expect(gaps).toEqual([])
  expect(await call).toEqual({ data: 'on the way' })
})

test('it comes back by its ticket, and by its key when the ticket is refused', async () => {
  const edge = await anEdge()
  edge.ticket = 'good'
  const client = await aClient(edge)
  await client.connect()
  edge.session.cut()
  await next(client, 'ready')
  expect(edge.received('hello')).toMatchObject([{ ticket: 'good' }])
  expect(edge.received('auth')).toHaveLength(1)
  edge.ticket = 'another'
  edge.session.cut()
  await next(client, 'ready')
  expect(edge.received('auth')).toHaveLength(2)
})

test('an edge that ends before the new socket stands is a loss like any other', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  await client.connect()
  const { session } = edge
  edge.mute = true
  session.send({ type: 'going_away', after_ms: 0 })
  await until(() => client.state === 'moving' && edge.sessions.size === 2)
  const degraded = next(client, 'degraded')
  session.close(4300, 'draining, come back in 10 ms')
  expect(await degraded).toMatchObject({ cause: 'connection' })
  edge.mute = false
  await next(client, 'ready')
})

test('closing while it moves leaves no socket', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  await client.connect()
  const { session } = edge
  edge.mute = true
  session.send({ type: 'going_away', after_ms: 0 })
  await until(() => client.state === 'moving' && edge.sessions.size === 2)
  client.close()
  await until(() => edge.sessions.size === 0)
})

const held = async () => {
  const edge = await anEdge()
  const calls: ((data: { data: string }) => void)[] = []
  edge.procedures['network.echo'] = () => new Promise((resolve) => calls.push(resolve))
  const client = await aClient(edge)
  await client.connect()
  const first = edge.session
  const call = client.network.echo({ data: 'x' })
  await until(() => calls.length === 1)
  return { edge, client, first, call, calls }
}

const moved = async ({ client, first }: Awaited<ReturnType<typeof held>>) => {
  const ready = next(client, 'ready')
  first.send({ type: 'going_away', after_ms: 0 })
  await ready
}

const DRAINED = [4300, 'server restarts'] as const

test('a call that the old socket has not taken before it closes is made on the new one', async () => {
  const it = await held()
  await moved(it)
  it.first.close(...DRAINED)
  await until(() => it.calls.length === 2)
  it.calls[1]?.({ data: 'second time' })
  expect(await it.call).toEqual({ data: 'second time' })
})

test('a call not taken by an edge that closes before there is another waits for one', async () => {
  const it = await held()
  it.first.close(...DRAINED)
  await until(() => it.calls.length === 2)
  it.calls[1]?.({ data: 'second time' })
  expect(await it.call).toEqual({ data: 'second time' })
})

test('a call in flight on an old socket that is cut off fails at once and may have happened', async () => {
  const it = await held()
  await moved(it)
  it.first.cut()
  const details = { may_have_happened: true }
  await expect(it.call).rejects.toMatchObject({ code: 'connection_closed', details })
  expect(it.edge.received('call')).toHaveLength(1)
})

test('an old socket answers also when the new one is lost', async () => {
  const it = await held()
  await moved(it)
  const [, second] = it.edge.sessions
  const ready = next(it.client, 'ready')
  second?.cut()
  await ready
  it.calls[0]?.({ data: 'at last' })
  expect(await it.call).toEqual({ data: 'at last' })
})

test('a call that was not taken and finds no other edge in time has not happened', async () => {
  const edge = await anEdge()
  edge.procedures['network.echo'] = () => new Promise(() => {})
  const client = await aClient(edge)
  await client.connect()
  const call = client.network.echo({ data: 'x' }, { timeoutMs: 300 })
  await until(() => edge.received('call').length === 1)
  edge.mute = true
  edge.session.close(...DRAINED)
  const details = { may_have_happened: false }
  await expect(call).rejects.toMatchObject({ code: 'deadline_exceeded', details })
})
