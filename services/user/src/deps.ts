import { type Database, openDatabase } from '@meshboard/db'
import type { Opening, RpcClient } from '@meshboard/kit'
import { migrations } from '../migrations/index.ts'
import type { Config } from './config.ts'
import { activityStore } from './store/activity-store.ts'
import { profilesStore } from './store/profiles-store.ts'
import { publicKeysStore } from './store/public-keys-store.ts'
import { rolesStore } from './store/roles-store.ts'

/** What the handlers need. */
export interface Deps {
  readonly database: Database
  readonly rpc: RpcClient
  readonly profiles: typeof profilesStore
  readonly publicKeys: typeof publicKeysStore
  readonly roles: typeof rolesStore
  readonly activity: typeof activityStore
  readonly limits: Pick<Config, 'preferencesMax'>
}

export const openDeps = async (opening: Opening<Config>): Promise<Deps> => ({
  database: await openDatabase(opening, migrations),
  rpc: opening.rpc,
  profiles: profilesStore,
  publicKeys: publicKeysStore,
  roles: rolesStore,
  activity: activityStore,
  limits: opening.config,
})
