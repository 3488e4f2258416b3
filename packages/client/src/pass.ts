import type { ServerFrame } from '@meshboard/contracts/client'

/** A ticket of the edge, and until when it lets this client in again without a login. */
export interface Pass {
  readonly ticket: string
  /** By the clock of this machine, milliseconds since 1970. */
  readonly expiresAt: number
}

/** A pass that ends sooner than this is not worth a try. */
const MARGIN_MS = 2_000

/** The pass a frame brings, if it brings one. */
export const passIn = (frame: ServerFrame): Pass | undefined => {
  if (frame.type !== 'auth_success' && frame.type !== 'going_away') return undefined
  const { ticket, ticket_expires_at: expiresAt } = frame
  if (ticket === undefined || expiresAt === undefined) return undefined
  return { ticket, expiresAt: Date.parse(expiresAt) }
}

/** Whether a pass still opens. */
export const opens = (pass: Pass | undefined): pass is Pass =>
  pass !== undefined && pass.expiresAt - Date.now() > MARGIN_MS
