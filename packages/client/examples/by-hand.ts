/**
 * The protocol by hand, for whoever writes a client in another language: no SDK, a WebSocket and
 * ed25519. The frames stand in docs/protocol.md.
 *
 *     node by-hand.ts <seed of a registered key, 64 hex digits> [ws://localhost:8081/ws/v1]
 */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { WebSocket } from 'ws'

interface Frame {
  type: string
  [field: string]: string
}

const [seed = '', url = 'ws://localhost:8081/ws/v1'] = process.argv.slice(2)
if (!/^[0-9a-f]{64}$/.test(seed)) throw new Error('say the seed of a key: 64 hex digits')
const pkcs8 = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex')
const secretKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
const spki = createPublicKey(secretKey).export({ format: 'der', type: 'spki' })
const publicKey = spki.subarray(-32).toString('hex')

const socket = new WebSocket(url, 'meshboard.v1.json')
const send = (frames: object) => socket.send(JSON.stringify(frames))

/** Six lines, no line feed at the end: the server says what is to be signed, and its own time. */
const signatureFor = ({ challenge = '', now = '' }: Frame): string => {
  const lines = ['meshboard-auth:v1', 'meshboard', 'login', publicKey, challenge, Date.parse(now)]
  return sign(null, Buffer.from(lines.join('\n')), secretKey).toString('hex')
}

const hear = (frame: Frame): void => {
  switch (frame.type) {
    case 'welcome':
      return send({ type: 'auth', public_key: publicKey, signature: signatureFor(frame) })
    case 'auth_success':
      console.log(`signed in as ${frame['user_id']}`)
      return send([
        { type: 'call', id: 1, procedure: 'earnings.getSummary', data: {} },
        { type: 'subscribe', id: 2, channel: 'earnings', since: { last: 3 } },
      ])
    case 'ping':
      return send({ type: 'pong' })
    default:
      return console.log(JSON.stringify(frame))
  }
}

// A message is one frame, or a list of them.
socket.on('message', (text) => {
  for (const frame of [JSON.parse(String(text))].flat() as Frame[]) hear(frame)
})
socket.on('close', (code, reason) => console.log(`closed: ${code} ${String(reason)}`))
socket.on('error', (error) => console.log(error.message))
