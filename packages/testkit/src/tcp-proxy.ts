import { type AddressInfo, type Socket, connect, createServer } from 'node:net'
import { Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

/** A way that bytes take: `up` from the client to the target, `down` back. */
export type Direction = 'up' | 'down'

/**
 * Stands between a client and a server on the loopback and makes the network between them bad. What
 * is set holds for the connections that are open and for those to come.
 */
export interface TcpProxy {
  /** Where clients connect instead of to the target. */
  readonly port: number
  /**
   * Swallows what is sent, both ways or one: connections stay open (new ones are taken too) and
   * nothing arrives. What was swallowed is gone, so after `restore` the open connections are cut.
   */
  blackhole(direction?: Direction): void
  /** Holds each chunk back for that long, both ways or one; order is kept. 0 ends it. */
  delay(ms: number, direction?: Direction): void
  /** Ends all connections in an orderly way; new ones are taken. */
  cut(): void
  /** Ends all connections by a reset, as a crashed machine's address would answer. */
  reset(): void
  /** Takes nobody any more, and ends who is there, until `restore`. */
  refuse(): void
  /** A good network again. */
  restore(): void
  stop(): Promise<void>
}

interface Network {
  swallowed: Set<Direction>
  delayMs: Record<Direction, number>
  refusing: boolean
}

/** One client's connection and its other half. */
interface Pair {
  client: Socket
  server: Socket
  holed: boolean
}

/** Starts a proxy on a free port of the loopback before `port`. */
export const startProxy = async (target: { port: number; host?: string }): Promise<TcpProxy> => {
  const network: Network = { swallowed: new Set(), delayMs: { up: 0, down: 0 }, refusing: false }
  const pairs = new Set<Pair>()
  const listener = createServer((client) => {
    if (network.refusing) client.resetAndDestroy()
    else join(client, { target, network, pairs })
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const destroy = (socket: Socket) => void socket.destroy()
  const cut = () => end([...pairs], destroy)
  const reset = () => end([...pairs], (socket) => socket.resetAndDestroy())
  return {
    port: (listener.address() as AddressInfo).port,
    cut,
    reset,
    blackhole(direction) {
      for (const way of waysOf(direction)) network.swallowed.add(way)
    },
    delay(ms, direction) {
      for (const way of waysOf(direction)) network.delayMs[way] = ms
    },
    refuse() {
      network.refusing = true
      reset()
    },
    restore() {
      network.swallowed.clear()
      Object.assign(network, { delayMs: { up: 0, down: 0 }, refusing: false })
      end(
        [...pairs].filter(({ holed }) => holed),
        destroy,
      )
    },
    async stop() {
      const closed = new Promise((resolve) => listener.close(resolve))
      cut()
      await closed
    },
  }
}

const end = (pairs: readonly Pair[], how: (socket: Socket) => void): void => {
  for (const { client, server } of pairs) [client, server].forEach(how)
}

const waysOf = (direction: Direction | undefined): Direction[] =>
  direction ? [direction] : ['up', 'down']

interface Joining {
  target: { port: number; host?: string }
  network: Network
  pairs: Set<Pair>
}

const join = (client: Socket, { target, network, pairs }: Joining): void => {
  const server = connect({ host: target.host ?? '127.0.0.1', port: target.port, noDelay: true })
  const pair: Pair = { client: client.setNoDelay(true), server, holed: false }
  pairs.add(pair)
  const ended = () => {
    pairs.delete(pair)
    client.destroy()
    server.destroy()
  }
  for (const socket of [client, server]) socket.on('error', ended).on('close', ended)
  client.pipe(through('up', pair, network)).pipe(server)
  server.pipe(through('down', pair, network)).pipe(client)
}

const through = (...[way, pair, network]: [Direction, Pair, Network]): Transform =>
  new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      if (network.delayMs[way] > 0) await sleep(network.delayMs[way], undefined, { ref: false })
      if (!network.swallowed.has(way)) return done(null, chunk)
      pair.holed = true
      done()
    },
  })
