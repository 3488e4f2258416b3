// A process full of clients, of which a test wants to know how they fare. Asked over its channel.
import { createHash } from 'node:crypto'
import { type Client, createClient, keyFromSeed } from '@meshboard/client'

/** What the crowd is asked to do, and what it says. */
export interface CrowdOrders {
  /** Makes keys, one for each client; gives the public ones. */
  keys: (input: { from: number; count: number }) => Promise<readonly string[]>
  /** Connects all, at most `width` on their way at a time; the first `watching` watch their earnings. */
  connect: (input: { url: string; width: number; watching: number }) => Promise<void>
  fare: () => CrowdFare
}

/** How its clients fare, since they were connected. */
export interface CrowdFare {
  /** Signed in now. */
  readonly open: number
  /** Times that one lost its connection, and that one had it back. */
  readonly lost: number
  readonly back: number
  /** Events shown, those out of order or doubled among them, and gaps. */
  readonly shown: number
  readonly wrong: number
  readonly gaps: number
}

const clients: Client[] = []
const keys: Awaited<ReturnType<typeof keyFromSeed>>[] = []
const count = { lost: 0, back: 0, shown: 0, wrong: 0, gaps: 0 }

const open = async (url: string, index: number, isWatching: boolean): Promise<void> => {
  const key = keys[index]
  if (!key) throw new Error(`there is no key ${index}`)
  const client = createClient({ url, credentials: { key } })
  clients.push(client)
  client.on('degraded', ({ cause }) => (count.lost += cause === 'connection' ? 1 : 0))
  client.on('resumed', ({ cause }) => (count.back += cause === 'connection' ? 1 : 0))
  client.on('gap', () => (count.gaps += 1))
  await client.connect()
  if (!isWatching) return
  let last = 0
  await client.channel('earnings').watch({
    onEvent({ position: { n } }) {
      count.shown += 1
      if (n !== last + 1) count.wrong += 1
      last = n
    },
  }).ready
}

const ORDERS: CrowdOrders = {
  async keys({ from, count: wanted }) {
    for (let index = from; index < from + wanted; index += 1)
      keys.push(await keyFromSeed(createHash('sha256').update(`crowd ${index}`).digest('hex')))
    return keys.map(({ publicKey }) => publicKey)
  },
  async connect({ url, width, watching }) {
    let next = 0
    const work = async () => {
      while (next < keys.length) {
        const index = next
        next += 1
        await open(url, index, index < watching)
      }
    }
    await Promise.all(Array.from({ length: width }, work))
  },
  fare: () => ({ ...count, open: clients.filter(({ state }) => state === 'open').length }),
}

process.on('message', ({ id, order, input }: { id: number; order: string; input: never }) => {
  Promise.resolve(ORDERS[order as keyof CrowdOrders](input)).then(
    (result) => process.send?.({ id, result }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.({ id: 0 })
