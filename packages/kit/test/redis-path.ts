import { type AddressInfo, type Socket, connect, createServer } from 'node:net'

/** A way to a Redis that a test can break: what is connected through it sees what a crash shows. */
export interface RedisPath {
  /** The server's URL, through here. */
  readonly url: string
  /** Ends every connection and takes no new one, as after `kill -9`. */
  cut(): Promise<void>
  /** Keeps connections but carries nothing any more, as a machine that stalls. */
  stall(): void
  /** Carries again; after `cut` on the same port. */
  mend(): Promise<void>
}

/** Opens a path to the Redis of that URL. `cut` also closes it for good. */
export const openRedisPath = async (server: string): Promise<RedisPath> => {
  const target = new URL(server)
  const sockets = new Set<Socket>()
  let stalled = false
  const carry = (from: Socket, to: Socket) => {
    sockets.add(from)
    from.on('data', (chunk) => stalled || to.write(chunk))
    from.on('error', () => from.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
  }
  const listener = createServer((near) => {
    const far = connect(Number(target.port || 6379), target.hostname)
    carry(near, far)
    carry(far, near)
  })
  const listen = (port: number) =>
    new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = listener.address() as AddressInfo
  const here = new URL(server)
  here.host = `127.0.0.1:${port}`
  return {
    url: here.href,
    cut: () =>
      new Promise((resolve) => {
        listener.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
    stall: () => void (stalled = true),
    async mend() {
      stalled = false
      if (!listener.listening) await listen(port)
    },
  }
}
