import { type Database, openDatabase } from '@meshboard/db'
import type { Opening } from '@meshboard/kit'
import { migrations } from '../migrations/index.ts'
import type { Config } from './config.ts'
import { connectionsStore } from './store/connections-store.ts'

/** What the handlers need. */
export interface Deps {
  readonly database: Database
  readonly connections: typeof connectionsStore
  readonly limits: Pick<Config, 'connectionsPerUserMax' | 'connectionsListedMax'>
  readonly times: Pick<Config, 'accrualPeriodMs' | 'silenceMs' | 'staleMs'>
}

export const openDeps = async (opening: Opening<Config>): Promise<Deps> => {
  const database = await openDatabase(opening, migrations)
  const { config } = opening
  return { database, connections: connectionsStore, limits: config, times: config }
}
