import { type AddressInfo, type Socket, connect, createServer } from 'node:net'

/** Stands before several edges, as a load balancer does. */
export interface PortFront {
  readonly port: number
  /** Where new connections go from now on. */
  to: number
  stop(): Promise<void>
}

export const startFront = async (to: number): Promise<PortFront> => {
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const behind = connect({ port: front.to, host: '127.0.0.1' })
    for (const socket of [client, behind]) {
      open.add(socket)
      socket
        .on('error', () => {})
        .on('close', () => {
          open.delete(socket)
          client.destroy()
          behind.destroy()
        })
    }
    client.pipe(behind).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const front = {
    to,
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
  return front
}
