import { type JsonWebKey, createPublicKey, verify } from 'node:crypto'
import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { SUBPROTOCOL } from '@meshboard/contracts'
import { WebSocketServer } from 'ws'
import { lookAtMemory } from '../memory.ts'
import { playRole } from '../role.ts'

interface Setup {
  /** Tokens signed with it are checked, once each; absent: nobody is asked who they are. */
  jwk?: JsonWebKey
}

const BEARER = /bearer\.([\w-]+\.([\w-]+))\.([\w-]+)/

/** `ws`, and nothing but one signature check before the upgrade. */
await playRole(async ({ jwk }: Setup) => {
  const key = jwk && createPublicKey({ key: jwk, format: 'jwk' })
  const isGood = ({ headers }: IncomingMessage): boolean => {
    if (!key) return true
    const [, signed = '', claims = '', signature = ''] =
      BEARER.exec(headers['sec-websocket-protocol'] ?? '') ?? []
    const isSigned = verify(null, Buffer.from(signed), key, Buffer.from(signature, 'base64url'))
    const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp: number }
    return isSigned && exp * 1_000 > Date.now()
  }
  const server = createServer()
  const websockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
  })
  server.on('upgrade', (request, socket: Socket, head) => {
    if (!isGood(request)) return void socket.destroy()
    websockets.handleUpgrade(request, socket, head, (websocket) => {
      websocket.on('error', () => undefined).send('{"type":"auth_success"}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    orders: { port: () => (server.address() as AddressInfo).port, memory: lookAtMemory },
    close() {
      for (const client of websockets.clients) client.terminate()
      server.close()
      return Promise.resolve()
    },
  }
})
