import { defineDoor, httpsRedirect } from '@meshboard/kit'
import { feedCanary } from './canary.ts'
import { config } from './config.ts'
import { openDeps } from './deps.ts'
import { door } from './listener.ts'
import { loopWatch } from './loop-watch.ts'
import { positionCheck } from './position-check.ts'
import { roleChanges } from './role-changes.ts'
import { uses } from './uses.ts'

export const service = defineDoor({
  name: 'edge',
  config,
  uses,
  open: openDeps,
  isolated: true,
  // The doors before what sends on to them: the first port that opens is taken for theirs.
  tasks: [loopWatch, positionCheck, roleChanges, feedCanary, door, httpsRedirect],
})
