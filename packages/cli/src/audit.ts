import { randomUUID } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import { AUDIT_STREAM, auditSubject } from '@meshboard/contracts'
import { type Operator, decodeJson, encodeJson } from '@meshboard/kit'
import { Refusal } from './refusal.ts'

/** What an operator does, as it is written down before it is done. */
export interface Deed {
  readonly area: 'dead' | 'replay'
  readonly action: string
  readonly actor: string
  readonly reason: string
  /** What it is done to, in `snake_case`. */
  readonly to: Readonly<Record<string, unknown>>
}

/** A deed as it was written down. */
export interface AuditRecord {
  readonly seq: number
  /** RFC 3339. */
  readonly time: string
  /** `dead.redrive`. */
  readonly action: string
  readonly actor: string
  readonly reason: string
  readonly to: Readonly<Record<string, unknown>>
}

/** Writes a deed down. Resolved once the broker has stored it; nothing may be done when this fails. */
export const writeDown = async (operator: Operator, deed: Deed): Promise<void> => {
  const { area, action, actor, reason, to } = deed
  const record = {
    ...to,
    action: `${area}.${action}`,
    actor,
    reason,
    time: new Date().toISOString(),
  }
  try {
    await operator.store(AUDIT_STREAM.name, auditSubject(area, action), {
      id: randomUUID(),
      data: encodeJson(record),
    })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Refusal(
      `This could not be written down in ${AUDIT_STREAM.name} (${why}), so it was not done.`,
      { cause: error },
    )
  }
}

/** Everything written down since then, the oldest first. */
export async function* readAudit(
  operator: Operator,
  since: Date | undefined,
): AsyncGenerator<AuditRecord, void, undefined> {
  const from = since ? { time: since } : { seq: 1 }
  const asked = { subject: AUDIT_STREAM.subjects, from }
  for await (const { seq, time, data } of operator.read(AUDIT_STREAM.name, asked)) {
    const record = decodeJson(data) as Record<string, unknown>
    const { action, actor, reason, time: at, ...to } = record
    yield {
      seq,
      time: String(at ?? time),
      action: String(action),
      actor: String(actor),
      reason: String(reason),
      to,
    }
  }
}

/** Who acts when nobody is named: the user of this machine, `ada@box-1`. */
export const whoActs = (): string => `${userName()}@${hostname()}`

const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    // A container may run as a number that has no name.
    return String(process.getuid?.() ?? 'unknown')
  }
}
