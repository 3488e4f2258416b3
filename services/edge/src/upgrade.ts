import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { Failure } from '@meshboard/contracts'
import type { Runtime } from '@meshboard/kit'
import type { Admission } from './admission.ts'
import type { Config } from './config.ts'
import type { Door } from './doors/door.ts'
import { doors } from './doors/table.ts'
import { type Login, byToken } from './login.ts'

/** An upgrade that every rule lets through. */
export interface Admitted {
  readonly door: Door
  readonly login: Login | undefined
}

/** Why there is no socket: an HTTP status, before anything costs more than a look. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, reason: string) {
    super(reason)
    this.status = status
  }
}

const BEARER = 'bearer.'

/**
 * Judges an upgrade, cheapest rule first. Takes a place of `admission`, which whoever goes on with it
 * gives back. Throws `Refused`.
 */
export const admit = async (
  request: IncomingMessage,
  { runtime, admission }: { runtime: Runtime<Config>; admission: Admission },
): Promise<Admitted> => {
  const url = URL.parse(request.url ?? '', 'http://edge')
  if (!url) throw new Refused(400, 'address')
  const door = doors.get(url.pathname)
  if (!door) throw new Refused(404, 'no such door')
  if (request.method !== 'GET') throw new Refused(405, 'method')
  refuseOrigin(request.headers.origin, runtime.config.origins)
  const offered = offeredBy(request)
  refuseSubprotocols(offered, door)
  if (!admission.enter()) throw new Refused(503, 'full or draining')
  try {
    return { door, login: await loginOf(runtime, tokenIn(url, offered, door)) }
  } catch (error) {
    admission.leave()
    throw error
  }
}

/** Answers a refused upgrade and ends its socket. No body: nobody reads it. */
export const answerRefusal = (socket: Socket, status: number): void => {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`
  const retry = status === 503 ? 'Retry-After: 2\r\n' : ''
  socket.end(`${head}\r\nConnection: close\r\nContent-Length: 0\r\n${retry}\r\n`)
  socket.destroySoon()
}

/** Programs send no origin; a browser always does. */
const refuseOrigin = (origin: string | undefined, allowed: readonly string[]): void => {
  if (origin === undefined || allowed.length === 0 || allowed.includes(origin)) return
  throw new Refused(403, 'origin')
}

const refuseSubprotocols = (offered: readonly string[], { subprotocols }: Door): void => {
  const names = offered.filter((name) => !name.startsWith(BEARER))
  if (names.length === 0 && (offered.length === 0 || subprotocols.length === 0)) return
  if (!names.some((name) => subprotocols.includes(name))) throw new Refused(400, 'subprotocol')
}

const tokenIn = (url: URL, offered: readonly string[], door: Door): string | undefined => {
  const inQuery = door.takesQueryToken ? url.searchParams.get('token') : null
  return inQuery ?? offered.find((name) => name.startsWith(BEARER))?.slice(BEARER.length)
}

const loginOf = async (
  runtime: Runtime<Config>,
  token: string | undefined,
): Promise<Login | undefined> => {
  if (token === undefined) return undefined
  try {
    return await byToken(runtime, token)
  } catch (error) {
    const isJudged = error instanceof Failure && error.status === 401
    throw isJudged ? new Refused(401, 'token') : new Refused(503, 'token could not be judged')
  }
}

const offeredBy = ({ headers }: IncomingMessage): string[] =>
  (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
