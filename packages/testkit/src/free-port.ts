import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** Below what systems give to outgoing connections: none takes a port between choice and use. */
const FREE = { from: 20_000, count: 12_000 }

/** A port of the loopback that nobody listens on, and that nobody else is given while this process runs. */
export const freePort = async (): Promise<number> => {
  const port = FREE.from + Math.floor(Math.random() * FREE.count)
  return (await canListen(port)) && (await choose(port)) ? port : freePort()
}

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      server.close(() => resolve(true)),
    )
  })

/** The sign that a port is chosen is the UDP port of its number, as the launcher has it. */
const choose = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const sign = createSocket('udp4').unref()
    sign.once('error', () => sign.close(() => resolve(false)))
    sign.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true))
  })
