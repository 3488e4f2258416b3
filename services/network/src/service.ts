import { network } from '@meshboard/contracts'
import { outboxRelay } from '@meshboard/db'
import { defineService } from '@meshboard/kit'
import { config } from './config.ts'
import { addPointsOnCredited } from './consumers/add-points-on-credited.ts'
import { openDeps } from './deps.ts'
import { connect } from './procedures/connect.ts'
import { disconnect } from './procedures/disconnect.ts'
import { echo } from './procedures/echo.ts'
import { get } from './procedures/get.ts'
import { heartbeat } from './procedures/heartbeat.ts'
import { list } from './procedures/list.ts'
import { sweep } from './sweep.ts'
import { uses } from './uses.ts'

export const service = defineService({
  contract: network,
  config,
  uses,
  open: openDeps,
  procedures: { connect, heartbeat, disconnect, echo, get, list },
  consumers: [addPointsOnCredited],
  tasks: [outboxRelay, sweep],
})
