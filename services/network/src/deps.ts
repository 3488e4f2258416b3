import { type Database, openDatabase } from '@meshboard/db'
import { type Opening, type SendSignal, createSignals } from '@meshboard/kit'
import { migrations } from '../migrations/index.ts'
import type { Config } from './config.ts'
import { connectionsStore } from './store/connections-store.ts'

/** What the handlers need. */
export interface Deps {
  readonly database: Database
  readonly connections: typeof connectionsStore
  readonly sendSignal: SendSignal
  readonly limits: Pick<Config, 'connectionsPerUserMax' | 'connectionsListedMax'>
  readonly times: Pick<Config, 'accrualPeriodMs' | 'silenceMs' | 'staleMs'>
}

export const openDeps = async (opening: Opening<Config>): Promise<Deps> => {
  const database = await openDatabase(opening, migrations)
  const { config } = opening
  const sendSignal = createSignals(opening)
  return { database, connections: connectionsStore, sendSignal, limits: config, times: config }
}
