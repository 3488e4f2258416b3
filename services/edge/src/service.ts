import { defineDoor } from '@meshboard/kit'
import { config } from './config.ts'
import { openDeps } from './deps.ts'
import { door } from './listener.ts'
import { positionCheck } from './position-check.ts'
import { roleChanges } from './role-changes.ts'
import { uses } from './uses.ts'

export const service = defineDoor({
  name: 'edge',
  config,
  uses,
  open: openDeps,
  isolated: true,
  tasks: [positionCheck, roleChanges, door],
})
