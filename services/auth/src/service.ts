import { auth } from '@meshboard/contracts'
import { outboxRelay } from '@meshboard/db'
import { defineService } from '@meshboard/kit'
import { config } from './config.ts'
import { openDeps } from './deps.ts'
import { challenge } from './procedures/challenge.ts'
import { jwks } from './procedures/jwks.ts'
import { openSession } from './procedures/open-session.ts'
import { register } from './procedures/register.ts'
import { verify } from './procedures/verify.ts'
import { pruning } from './pruning.ts'
import { uses } from './uses.ts'

export const service = defineService({
  contract: auth,
  config,
  uses,
  open: openDeps,
  procedures: { challenge, register, verify, openSession, jwks },
  tasks: [outboxRelay, pruning],
})
