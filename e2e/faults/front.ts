import { type Socket, connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

const LOOK_MS = 100

/** Where a copy of a door is. */
export interface Behind {
  readonly port: number
  readonly opsPort: number
}

/** What stands before the copies of a door, as a load balancer does. */
export interface Front {
  readonly port: number
  stop(): Promise<void>
}

/**
 * Starts one on the loopback. New connections go in turn to the copies that `/readyz` calls ready,
 * looked at ten times a second, or to any when none is; one that cannot be made goes to the next copy,
 * and one that no copy takes waits for the next look.
 */
export const startFront = async (copies: readonly Behind[]): Promise<Front> => {
  const ready = new Set<Behind>()
  const open = new Set<Socket>()
  const look = async (copy: Behind) => {
    const isReady = await readinessOf(copy.opsPort)
    if (isReady !== undefined) ready[isReady ? 'add' : 'delete'](copy)
  }
  const looking = setInterval(() => copies.forEach((copy) => void look(copy)), LOOK_MS)
  await Promise.all(copies.map(look))
  let turn = 0
  const inTurn = (): Behind[] => {
    const order = ready.size > 0 ? [...ready] : copies
    const from = (turn += 1) % Math.max(1, order.length)
    return [...order.slice(from), ...order.slice(0, from)]
  }
  const server = createServer((client) => {
    open.add(client)
    client.once('close', () => open.delete(client))
    forward(client, { copies: inTurn(), others: inTurn })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      clearInterval(looking)
      const closed = new Promise((resolve) => server.close(resolve))
      for (const client of open) client.destroy()
      await closed
    },
  }
}

/** Undefined when it does not say: a copy that is slow to answer is not taken for one that stops. */
const readinessOf = (opsPort: number): Promise<boolean | undefined> =>
  fetch(`http://127.0.0.1:${opsPort}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    async (answer) => {
      await answer.text()
      return answer.ok
    },
    (error: Error) => (error.name === 'TimeoutError' ? undefined : false),
  )

interface Way {
  readonly copies: readonly Behind[]
  /** Those to try when none of these takes the connection. */
  readonly others: () => readonly Behind[]
}

/** Joins both halves, and ends each with the other in the same way. */
const forward = (client: Socket, { copies: [first, ...rest], others }: Way): void => {
  if (client.destroyed) return
  if (!first) {
    setTimeout(() => forward(client, { copies: others(), others }), LOOK_MS)
    return
  }
  const server = connect({ host: '127.0.0.1', port: first.port, noDelay: true })
  let made = false
  server.once('connect', () => {
    made = true
    client.setNoDelay(true).pipe(server)
    server.pipe(client)
  })
  server.once('error', () => {
    if (made) client.resetAndDestroy()
    else forward(client, { copies: rest, others })
  })
  server.once('close', () => made && client.destroySoon())
  client.once('error', () => server.destroy())
  client.once('close', () => server.destroy())
}
