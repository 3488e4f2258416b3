import { referral } from '@meshboard/contracts'
import { outboxRelay } from '@meshboard/db'
import { defineService } from '@meshboard/kit'
import { config } from './config.ts'
import { applyOnRegistered } from './consumers/apply-on-registered.ts'
import { makeCodeOnRegistered } from './consumers/make-code-on-registered.ts'
import { rewardOnCredited } from './consumers/reward-on-credited.ts'
import { openDeps } from './deps.ts'
import { apply } from './procedures/apply.ts'
import { getCode } from './procedures/get-code.ts'
import { list } from './procedures/list.ts'
import { statistics } from './procedures/statistics.ts'
import { uses } from './uses.ts'

export const service = defineService({
  contract: referral,
  config,
  uses,
  open: openDeps,
  procedures: { getCode, apply, list, statistics },
  consumers: [makeCodeOnRegistered, applyOnRegistered, rewardOnCredited],
  tasks: [outboxRelay],
})
