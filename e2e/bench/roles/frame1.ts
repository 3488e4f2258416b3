import type { AddressInfo } from 'node:net'
import type { Socket } from 'node:net'
import { connect } from '@nats-io/transport-node'
import { WebSocketServer } from 'ws'
import { playRole } from '../role.ts'
import { serverFrame } from '../socket-frames.ts'

/** `ws` with a frame that is made once and written to every socket. */
await playRole(async ({ url, subject }: { url: string; subject: string }) => {
  const sockets = new Set<Socket>()
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  server.on('connection', (websocket, { socket }) => {
    sockets.add(socket)
    websocket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const connection = await connect({ servers: url })
  connection.subscribe(subject, {
    callback(_error, { data }) {
      const frame = serverFrame(data)
      for (const socket of sockets) socket.write(frame)
    },
  })
  await connection.flush()
  return {
    orders: { port: () => (server.address() as AddressInfo).port },
    async close() {
      for (const client of server.clients) client.terminate()
      server.close()
      await connection.close()
    },
  }
})
