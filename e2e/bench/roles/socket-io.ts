import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from '@nats-io/transport-node'
import { Server } from 'socket.io'
import { playRole } from '../role.ts'

/** Longer than any run. */
const PING_MS = 600_000

/** Socket.IO as it comes, over WebSocket alone: one `emit` to all. */
await playRole(async ({ url, subject }: { url: string; subject: string }) => {
  const server = createServer()
  const io = new Server(server, { transports: ['websocket'], pingInterval: PING_MS })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const connection = await connect({ servers: url })
  connection.subscribe(subject, {
    callback: (_error, message) => void io.emit('event', message.string()),
  })
  await connection.flush()
  return {
    orders: { port: () => (server.address() as AddressInfo).port },
    async close() {
      io.disconnectSockets(true)
      await io.close()
      await connection.close()
    },
  }
})
