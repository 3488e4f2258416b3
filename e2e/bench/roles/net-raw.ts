import { createHash } from 'node:crypto'
import { type AddressInfo, type Socket, createServer } from 'node:net'
import { plainTopic } from '../announcer.ts'
import { BareNats } from '../bare-nats.ts'
import { playRole } from '../role.ts'
import { serverFrame } from '../socket-frames.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

const accept = (key: string): string =>
  [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${createHash('sha1')
      .update(key + GUID)
      .digest('base64')}`,
    '\r\n',
  ].join('\r\n')

/** A bare NATS reader that feeds plain sockets: `GET /<user>` gets what is published for that user. */
await playRole(async ({ url }: { url: string }) => {
  const nats = await BareNats.connect({ url })
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    socket.once('data', (request: Buffer) => {
      const [, user = '', key = ''] =
        /^GET \/(\S+) .*Sec-WebSocket-Key: (\S+)/s.exec(request.toString('latin1')) ?? []
      socket.write(accept(key))
      nats.subscribe(plainTopic(user), (payload) => void socket.write(serverFrame(payload)))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    orders: { port: () => (server.address() as AddressInfo).port },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      nats.close()
      return Promise.resolve()
    },
  }
})
