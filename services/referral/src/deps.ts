import { type Database, openDatabase } from '@meshboard/db'
import type { Opening } from '@meshboard/kit'
import { migrations } from '../migrations/index.ts'
import type { Config } from './config.ts'
import { applyCode } from './store/apply-code.ts'
import { codesStore } from './store/codes-store.ts'
import { referralsStore } from './store/referrals-store.ts'

/** What the handlers need. */
export interface Deps {
  readonly database: Database
  readonly codes: typeof codesStore
  readonly referrals: typeof referralsStore
  readonly applyCode: typeof applyCode
  readonly terms: { readonly levels: number; readonly completionMicros: bigint }
}

export const openDeps = async (opening: Opening<Config>): Promise<Deps> => {
  const database = await openDatabase(opening, migrations)
  const { levels, completionMicropoints } = opening.config
  return {
    database,
    codes: codesStore,
    referrals: referralsStore,
    applyCode,
    terms: { levels, completionMicros: BigInt(completionMicropoints) },
  }
}
