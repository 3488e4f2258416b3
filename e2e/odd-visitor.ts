import { once } from 'node:events'
import type { Up } from './up.ts'

/** Somebody signed in, and what they would not like to see in a log. */
export interface Visitor {
  readonly token: string
  /** Put into everything that is a secret on its way; different from visit to visit. */
  readonly planted: string
}

const ID = 'abcdefghjkmnpqrstvwxyz0123456789'

/** A TypeID that nobody has given out, another for each number. */
const idOf = (prefix: string, n: number): string => {
  const tail = String(n).replaceAll(/\d/g, (digit) => ID[Number(digit)] ?? '')
  return `${prefix}_01m7ypdhrge8hafxde6${tail.padStart(7, 'd')}`
}

interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string
}

/** A few good calls, and everything else that a client can choose, at both doors, as it should not be. */
export const visitOddly = async (up: Up, { token, planted }: Visitor, n: number): Promise<void> => {
  const [rest, socket] = [await up.urlOf('gateway'), await up.urlOf('edge')]
  const authorization = `Bearer ${token}`
  const ask = (path: string, init: Asked = {}) =>
    fetch(`${rest}${path}`, {
      ...init,
      headers: { authorization, 'content-type': 'application/json', ...init.headers },
    }).then((response) => response.arrayBuffer())
  const login = { handle: `odd${n}@example.org`, password: planted }
  await Promise.all([
    ask('/api/user'),
    ask('/api/earnings/summary'),
    ask(`/api/networks/${idOf('con', n)}`),
    ask(`/api/users/${idOf('usr', n)}`),
    ask(`/api/earnings/entries/${idOf('ent', n)}/explain`, {
      headers: { 'x-request-id': `r${n}` },
    }),
    ask(`/odd/${n}?token=${planted}`),
    ask(`/api/user`, { method: 'PURGE', headers: { 'user-agent': `odd/${n}` } }),
    ask(`/api/user`, { headers: { authorization: `Bearer ${planted}`, cookie: planted } }),
    ask('/api/auth/login', { method: 'POST', body: JSON.stringify(login) }),
    ask('/api/auth/refresh', { method: 'POST', body: JSON.stringify({ refresh_token: planted }) }),
    ask('/api/keys', { method: 'POST', body: JSON.stringify({ public_key: planted }) }),
    talk(`${socket}/ws/odd-${n}?token=${planted}`, []),
    talk(`${socket}/ws/dashboard?token=${planted}`, []),
    talk(`${socket}/ws/v1`, [
      { type: 'hello', token, client: `odd/${n}` },
      { type: 'call', id: `c${n}`, procedure: `odd${n}.get`, data: { password: planted } },
      {
        type: 'call',
        id: `d${n}`,
        procedure: 'network.get',
        data: { connection_id: idOf('con', n) },
      },
      { type: 'call', id: `e${n}`, procedure: 'earnings.getSummary', data: {} },
      { type: 'subscribe', id: `s${n}`, channel: `odd-${n}` },
      { type: 'subscribe', id: `t${n}`, channel: 'earnings' },
      { type: 'auth', public_key: 'ab'.repeat(32), signature: planted },
      { type: `odd-${n}`, token: planted },
    ]),
  ])
}

const TALK_MS = 400
let visits = 0

/** Sends frames one after the other, and closes with a code of its own if it is let. */
const talk = async (url: string, frames: readonly object[]): Promise<void> => {
  const socket = new WebSocket(url, frames.length === 0 ? [] : ['meshboard.v1.json'])
  const ended = Promise.race([once(socket, 'close'), once(socket, 'error')])
  socket.addEventListener('open', () => {
    for (const frame of frames) socket.send(JSON.stringify(frame))
    setTimeout(() => socket.close(3_000 + ((visits += 1) % 2_000)), TALK_MS)
  })
  await ended
}
