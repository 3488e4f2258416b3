import { notification } from '@meshboard/contracts'
import { outboxRelay } from '@meshboard/db'
import { defineService } from '@meshboard/kit'
import { config } from './config.ts'
import { tellOnDeviceDisconnected } from './consumers/tell-on-device-disconnected.ts'
import { tellOnReferralApplied } from './consumers/tell-on-referral-applied.ts'
import { tellOnReferralCompleted } from './consumers/tell-on-referral-completed.ts'
import { tellOnRewardEarned } from './consumers/tell-on-reward-earned.ts'
import { openDeps } from './deps.ts'
import { alert } from './procedures/alert.ts'
import { list } from './procedures/list.ts'
import { markRead } from './procedures/mark-read.ts'
import { prune } from './prune.ts'
import { uses } from './uses.ts'

export const service = defineService({
  contract: notification,
  config,
  uses,
  open: openDeps,
  procedures: { list, markRead, alert },
  consumers: [
    tellOnReferralApplied,
    tellOnReferralCompleted,
    tellOnRewardEarned,
    tellOnDeviceDisconnected,
  ],
  tasks: [outboxRelay, prune],
})
