import type { Contract, Procedure } from '@meshboard/contracts'
import { type CallContext, type Service, defineService } from '@meshboard/kit'
import { type Database, databaseConfig, handler, openDatabase } from '../src/index.ts'

type Answer = (context: CallContext<Procedure>, database: Database) => Promise<unknown>

/** A service on any contract and its schema, whose answers a test decides. */
export const fakeService = (
  contract: Contract,
  answers: Readonly<Record<string, Answer>>,
): Service => {
  const unexpected: Answer = () => Promise.reject(new Error('not expected'))
  const handlers = Object.entries(contract.procedures).map(([name, procedure]) => [
    name,
    handler(procedure, (context, { database }: { database: Database }) =>
      (answers[name] ?? unexpected)(context, database),
    ),
  ])
  return defineService({
    contract,
    config: databaseConfig,
    uses: { calls: [] },
    open: async (opening) => ({ database: await openDatabase(opening, {}) }),
    procedures: Object.fromEntries(handlers) as never,
  })
}
