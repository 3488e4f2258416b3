import { earnings } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toEntry } from '../domain/entry.ts'
import { ruleOf } from '../domain/rules.ts'

export const explain = handler(
  earnings.procedures.explain,
  async ({ input, caller, fail }, { database, ledger }: Deps) => {
    const owned = { id: input.entry_id, userId: caller.userId }
    const entry = (await ledger.entry(database.query, owned)) ?? fail('not_found')
    return {
      entry: toEntry(entry),
      formula: ruleOf(entry.rule).formula,
      inputs: { ...entry.inputs },
      rule: entry.rule,
      source_event: entry.sourceEvent,
      trace_id: entry.traceId,
    }
  },
)
