import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { Failure } from '@meshboard/contracts'
import { type RateLimiter, type Runtime, countedAddress } from '@meshboard/kit'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import type { Door } from './doors/door.ts'
import { doors } from './doors/table.ts'
import { type Login, byToken } from './login.ts'
import { peerOf } from './peer.ts'

/** An upgrade that every rule lets through. */
export interface Admitted {
  readonly door: Door
  readonly login: Login | undefined
}

/** Why there is no socket: an HTTP status, before anything costs more than a look. */
export class Refused extends Error {
  readonly status: number
  readonly retryAfterMs: number | undefined

  constructor(status: number, reason: string, retryAfterMs?: number) {
    super(reason)
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

const BEARER = 'bearer.'
const RETRY_MS = 2_000

/**
 * Judges an upgrade, cheapest rule first. Takes a place of `admission`, which whoever goes on with it
 * gives back. Throws `Refused`.
 */
export const admit = async (
  request: IncomingMessage,
  {
    runtime,
    deps,
  }: { runtime: Runtime<Config>; deps: Pick<Deps, 'admission' | 'attempts' | 'verifications'> },
): Promise<Admitted> => {
  const url = URL.parse(request.url ?? '', 'http://edge')
  if (!url) throw new Refused(400, 'address')
  const found = doors.get(url.pathname)
  if (!found) throw new Refused(404, 'no such door')
  if (request.method !== 'GET') throw new Refused(405, 'method')
  refuseOrigins(originsOf(request), runtime.config.origins)
  const door = narrowed(found, url.searchParams)
  const offered = offeredBy(request)
  refuseSubprotocols(offered, door)
  const { admission, attempts } = deps
  const address = countedAddress(peerOf(request, runtime.config.trustedHops).address ?? '')
  await refuseTried(attempts, address)
  if (!admission.enter()) throw new Refused(503, 'full or draining', RETRY_MS)
  try {
    return { door, login: await loginOf({ runtime, deps, door }, tokenIn(url, offered, door)) }
  } catch (error) {
    admission.leave({ isStranger: true })
    if (error instanceof Refused && error.status === 401) await attempts.take(address)
    throw error
  }
}

interface Refusal {
  status: number
  retryAfterMs?: number | undefined
  /** What the answer says besides. */
  headers?: Readonly<Record<string, string>>
}

/** Answers a refused upgrade and ends its socket. No body: nobody reads it. */
export const answerRefusal = (
  socket: Socket,
  { status, retryAfterMs, headers = {} }: Refusal,
): void => {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`
  const seconds = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000)
  const retry = seconds === undefined ? '' : `Retry-After: ${seconds}\r\n`
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`${head}\r\nConnection: close\r\nContent-Length: 0\r\n${retry}${more.join('')}\r\n`)
  socket.destroySoon()
}

/** An address whose logins came to nothing too often waits until they are forgotten. */
const refuseTried = async (attempts: RateLimiter, address: string): Promise<void> => {
  const verdict = await attempts.peek(address)
  if (!verdict.allowed) throw new Refused(429, 'too many attempts', verdict.retryAfterMs)
}

/** Programs send no origin; a browser always does. */
const refuseOrigins = (origins: readonly string[], allowed: readonly string[]): void => {
  if (allowed.length === 0 || origins.every((origin) => allowed.includes(origin))) return
  throw new Refused(403, 'origin')
}

/** Each that is named, also by a browser of before RFC 6455. */
const originsOf = ({ headersDistinct }: IncomingMessage): string[] => [
  ...(headersDistinct['origin'] ?? []),
  ...(headersDistinct['sec-websocket-origin'] ?? []),
]
/** A misspelled filter would show what nobody asked for. */
const narrowed = (door: Door, query: URLSearchParams): Door => {
  const found = door.narrowed ? door.narrowed(query) : door
  if (!found) throw new Refused(400, 'query')
  return found
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
  {
    runtime,
    deps,
    door,
  }: { runtime: Runtime<Config>; deps: Pick<Deps, 'verifications'>; door: Door },
  token: string | undefined,
): Promise<Login | undefined> => {
  if (token === undefined && door.needsToken) throw new Refused(401, 'no token')
  if (token === undefined) return undefined
  try {
    return await byToken(runtime, deps, token)
  } catch (error) {
    const isJudged = error instanceof Failure && error.status === 401
    throw isJudged
      ? new Refused(401, `token: ${error.code}`)
      : new Refused(503, 'token could not be judged', RETRY_MS)
  }
}

const offeredBy = ({ headers }: IncomingMessage): string[] =>
  (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
