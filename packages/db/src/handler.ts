import { createHash } from 'node:crypto'
import { type OutputOf, type Procedure, failure } from '@meshboard/contracts'
import { type CallContext, type Handler, faultPoint, handler as kitHandler } from '@meshboard/kit'
import type { Database, Tx } from './database.ts'
import { toFailure } from './errors.ts'

/** One call, as the handler of a service with a database sees it. */
export interface StatefulContext<P extends Procedure> extends CallContext<P> {
  /**
   * Runs the call's change in one transaction, within its deadline; once a call. Under an idempotency key the
   * answer is stored with the change, and a repeated call gets that answer; the same key with other
   * input fails `conflict`.
   */
  readonly transaction: (work: (tx: Tx) => Promise<OutputOf<P>>) => Promise<OutputOf<P>>
}

/** Ties a handler to its procedure, with a transaction at hand. */
export const handler = <P extends Procedure, Deps extends { readonly database: Database }>(
  procedure: P,
  run: (context: StatefulContext<P>, deps: Deps) => Promise<OutputOf<P>>,
): Handler<P, Deps> =>
  kitHandler(procedure, async (context, deps: Deps) => {
    let used = false
    const transaction: StatefulContext<P>['transaction'] = async (work) => {
      if (used) throw new Error(`${procedure.name} has made its change; a call makes one`)
      used = true
      const answer = await deps.database.transaction((tx) => once({ procedure, context, tx, work }))
      faultPoint('after-commit-before-reply')
      return answer
    }
    try {
      return await run(Object.assign(context, { transaction }), deps)
    } catch (error) {
      throw toFailure(error)
    }
  })

interface Change<P extends Procedure> {
  procedure: P
  context: CallContext<P>
  tx: Tx
  work: (tx: Tx) => Promise<OutputOf<P>>
}

const once = async <P extends Procedure>({
  procedure,
  context,
  tx,
  work,
}: Change<P>): Promise<OutputOf<P>> => {
  const { caller, idempotencyKey, input } = context
  if (idempotencyKey === undefined || caller === undefined) return work(tx)
  const place = { procedure: procedure.name, caller: caller.userId, key: idempotencyKey }
  const fingerprint = createHash('sha256').update(JSON.stringify(input)).digest('hex')
  const claimed = await tx('idempotency_keys')
    .insert({ ...place, fingerprint })
    .onConflict()
    .ignore()
    .returning('key')
  if (claimed.length === 0) {
    const earlier = await tx('idempotency_keys')
      .where(place)
      .first<{ fingerprint: string; answer: OutputOf<P> }>()
    if (earlier.fingerprint === fingerprint) return earlier.answer
    throw failure('conflict', { message: 'This idempotency key was used for another request.' })
  }
  const answer = await work(tx)
  await tx('idempotency_keys')
    .where(place)
    .update({ answer: JSON.stringify(answer) })
  return answer
}
