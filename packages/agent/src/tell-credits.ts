import { type ChannelEvent, type Client, Failure } from '@meshboard/client'
import type { Report } from './report.ts'

const EXPLAIN_TIMEOUT_MS = 2_000

/** Tells each credit as it arrives, in order, until the client closes. Throws when the watch is refused. */
export const tellCredits = async (client: Client, report: Report): Promise<void> => {
  for await (const credit of client.channel('earnings').watch()) {
    const { data, position } = credit
    const { entry_id, amount, balance, source, connection_id, timestamp } = data
    const trace_id = await traceOf(client, credit)
    const { seq, n } = position
    const words = { entry_id, amount, balance, source, connection_id, timestamp, trace_id, seq, n }
    report({ event: 'credited', ...words })
  }
}

/** The trace behind a credit; nothing when it cannot be had now, for a credit counts without it. */
const traceOf = async (
  client: Client,
  { data }: ChannelEvent<'earnings'>,
): Promise<string | undefined> => {
  const { entry_id } = data
  try {
    const { trace_id } = await client.earnings.explain(
      { entry_id },
      { timeoutMs: EXPLAIN_TIMEOUT_MS },
    )
    return trace_id
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}
