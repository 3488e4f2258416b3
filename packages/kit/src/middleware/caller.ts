import { type Access, HEADERS, type Role, failure } from '@meshboard/contracts'
import type { Caller } from '../access-token.ts'
import type { Middleware } from './middleware.ts'

const NEEDS: Record<Exclude<Access, 'public' | 'service'>, readonly Role[]> = {
  user: ['user', 'analyst', 'admin'],
  analyst: ['analyst', 'admin'],
  admin: ['admin'],
}

/**
 * Proves who asks by the token that came along, and that they may. Who a procedure for services
 * only answers is the broker's business: nobody else has the right to publish its subject.
 */
export const authorization =
  (verify: (token: string) => Promise<Caller>): Middleware =>
  (next) =>
  async (incoming) => {
    const { access } = incoming.procedure
    if (access === 'public' || access === 'service') return next(incoming)
    const token = incoming.request.headers[HEADERS.token]
    if (token === undefined) throw failure('unauthorized')
    const caller = await verify(token)
    if (!NEEDS[access].some((role) => caller.roles.includes(role))) throw failure('forbidden')
    incoming.caller = caller
    return next(incoming)
  }
