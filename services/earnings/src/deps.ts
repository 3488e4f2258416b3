import { type Database, openDatabase } from '@meshboard/db'
import type { Opening } from '@meshboard/kit'
import { migrations } from '../migrations/index.ts'
import type { Config } from './config.ts'
import { ledgerStore } from './store/ledger-store.ts'

/** What the handlers need. */
export interface Deps {
  readonly database: Database
  readonly ledger: typeof ledgerStore
}

export const openDeps = async (opening: Opening<Config>): Promise<Deps> => ({
  database: await openDatabase(opening, migrations),
  ledger: ledgerStore,
})
