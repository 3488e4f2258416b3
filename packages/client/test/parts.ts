import { onTestFinished, vi } from 'vitest'
import {
  type Client,
  type ClientOptions,
  createClient,
  type Gap,
  generateKey,
  type Position,
} from '../src/index.ts'
import { startTestEdge, type TestEdge } from './test-edge.ts'

/** A test edge that is stopped after the test. */
export const anEdge = async (): Promise<TestEdge> => {
  const edge = await startTestEdge()
  onTestFinished(() => edge.stop())
  return edge
}

/** A client of `edge` with a key the edge knows and short delays; closed after the test. */
export const aClient = async (
  edge: TestEdge,
  options: Partial<ClientOptions> = {},
): Promise<Client> => {
  const { key } = await generateKey()
  edge.keys.add(key.publicKey)
  const reconnect = { initialMs: 10, maxMs: 50, ...options.reconnect }
  const client = createClient({ url: edge.url, credentials: { key }, ...options, reconnect })
  onTestFinished(() => client.close())
  return client
}

/** Resolves with the next value of that event. */
export const next = <N extends Parameters<Client['on']>[0]>(client: Client, name: N) =>
  new Promise<Parameters<Parameters<typeof client.on<N>>[1]>[0]>((resolve) => {
    const off = client.on(name, (value) => {
      off()
      resolve(value)
    })
  })

/** Waits until `check` is true; fails after ten seconds. */
export const until = (check: () => boolean): Promise<void> =>
  vi.waitUntil(check, { timeout: 10_000, interval: 5 }).then(() => undefined)

/** Publishes credits, the amount of each its own number. */
export const credit = (edge: TestEdge, from: number, to = from) => {
  for (let i = from; i <= to; i += 1) edge.publish('earnings', { amount: String(i) })
}

/** A client that watches its earnings, and what it hears. */
export const watching = async (since?: Position) => {
  const edge = await anEdge()
  const client = await aClient(edge)
  await client.connect()
  const amounts: string[] = []
  const gaps: Gap[] = []
  const watch = client.channel('earnings').watch({
    onEvent: ({ data }) => amounts.push(data.amount),
    onGap: (gap) => gaps.push(gap),
    ...(since && { since }),
  })
  return { edge, client, amounts, gaps, watch }
}
