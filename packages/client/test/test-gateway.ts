import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  AUDIENCE,
  auth,
  challengeMessage,
  Failure,
  failure,
  type SigningPurpose,
} from '@meshboard/contracts'
import { etc, verifyAsync } from '@noble/ed25519'
import { USER_ID } from './test-session.ts'

const CHALLENGE = 'c'.repeat(43)
const NOW = new Date(Date.UTC(2026, 0, 1)).toISOString()
const { challenge, register, verify } = auth.procedures

/** A gateway with the three routes of a key login. */
export interface TestGateway {
  readonly url: string
  /** Usernames by the public key they registered. */
  readonly accounts: Map<string, string>
  stop(): Promise<void>
}

/** A test gateway that listens on a port of its own. Whoever starts it stops it. */
export const startTestGateway = async (): Promise<TestGateway> => {
  const accounts = new Map<string, string>()
  const server = createServer((request, response) => {
    answer(accounts, request).then(
      (body) => reply(response, 200, body),
      (error: unknown) => refuse(response, error),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = async (): Promise<void> => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { url, accounts, stop }
}

const answer = async (
  accounts: Map<string, string>,
  request: IncomingMessage,
): Promise<unknown> => {
  const body: unknown = JSON.parse(await text(request))
  switch (`${request.method} ${request.url}`) {
    case challenge.http:
      challenge.input.parse(body)
      return { challenge: CHALLENGE, audience: AUDIENCE, now: NOW, expires_at: NOW }
    case register.http: {
      const { username, public_key = '', signature = '' } = register.input.parse(body)
      await check({ public_key, signature }, 'register')
      const taken = [...accounts.values()].includes(username) || accounts.has(public_key)
      if (taken) throw failure('conflict', { message: 'That name is taken.' })
      accounts.set(public_key, username)
      return { ...session, username }
    }
    case verify.http: {
      const proof = verify.input.parse(body)
      await check(proof, 'login')
      if (!accounts.has(proof.public_key)) throw failure('unknown_key')
      return session
    }
    default:
      throw failure('not_found')
  }
}

const session = {
  user_id: USER_ID,
  session_id: `ses_${'0'.repeat(26)}`,
  access_token: 'header.payload.signature',
  expires_at: NOW,
}

const check = async (
  proof: { public_key: string; signature: string },
  purpose: SigningPurpose,
): Promise<void> => {
  const { public_key: publicKey, signature } = proof
  const serverEpochMs = Date.parse(NOW)
  const signed = { audience: AUDIENCE, purpose, publicKey, challenge: CHALLENGE, serverEpochMs }
  const [bytes, key] = [etc.hexToBytes(signature), etc.hexToBytes(publicKey)]
  const good = await verifyAsync(bytes, challengeMessage(signed), key, { zip215: false })
  if (!good) throw failure('invalid_signature')
}

const reply = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const refuse = (response: ServerResponse, error: unknown): void => {
  const known = error instanceof Failure ? error : failure('internal')
  const { message, ...envelope } = known.toEnvelope('b'.repeat(32))
  reply(response, known.status, {
    type: 'about:blank',
    status: known.status,
    detail: message,
    ...envelope,
  })
}
