// Goal: the SDK is the same over both kinds of socket.
// Method: each test over `ws` and over the platform's own WebSocket.
import { expect, test } from 'vitest'
import { openSocket as overBrowser } from '../src/transports/browser.ts'
import { openSocket as overNode } from '../src/transports/node.ts'
import { aClient, anEdge, next, until } from './parts.ts'

const transports = [
  ['ws', overNode],
  ['the WebSocket of the platform', overBrowser],
] as const

test.each(transports)(
  'over %s a client signs in, calls, watches and comes back',
  async (_, transport) => {
    const edge = await anEdge()
    edge.procedures['network.echo'] = ({ data }: { data: string }) => ({ data })
    const client = await aClient(edge, { transport })
    await client.connect()
    expect(await client.network.echo({ data: 'ü' })).toEqual({ data: 'ü' })
    const amounts: string[] = []
    const onEvent = ({ data }: { data: { amount: string } }) => amounts.push(data.amount)
    await client.channel('earnings').watch({ onEvent }).ready
    const resumed = next(client, 'resumed')
    await edge.stop()
    edge.publish('earnings', { amount: '1' })
    await edge.start()
    await resumed
    await until(() => amounts.length === 1)
    client.close()
    await until(() => edge.sessions.size === 0)
  },
)

test.each(transports)('over %s the close code of the edge arrives', async (_, transport) => {
  const edge = await anEdge()
  const client = await aClient(edge, { transport })
  await client.connect()
  const closed = next(client, 'closed')
  edge.session.close(4001, 'protocol version not spoken here')
  const message = 'The connection ended: protocol version not spoken here (4001).'
  expect((await closed).failure).toMatchObject({ message })
})

test.each(transports)(
  'over %s nobody at the other end is a connection error',
  async (_, transport) => {
    const edge = await anEdge()
    await edge.stop()
    const client = await aClient(edge, { transport })
    client.connect().catch(() => {})
    expect(await next(client, 'degraded')).toMatchObject({ failure: { code: 'connection_error' } })
  },
)
