import { type Database, openDatabase } from '@meshboard/db'
import type { Opening } from '@meshboard/kit'
import { migrations } from '../migrations/index.ts'
import type { Config } from './config.ts'
import { notificationsStore } from './store/notifications-store.ts'

/** What the handlers need. */
export interface Deps {
  readonly database: Database
  readonly notifications: typeof notificationsStore
  readonly times: Pick<Config, 'repeatMinutes' | 'keepDays'>
}

export const openDeps = async (opening: Opening<Config>): Promise<Deps> => ({
  database: await openDatabase(opening, migrations),
  notifications: notificationsStore,
  times: opening.config,
})
