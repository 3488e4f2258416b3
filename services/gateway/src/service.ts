import { defineDoor, httpsRedirect } from '@meshboard/kit'
import { config } from './config.ts'
import { open } from './deps.ts'
import { httpServer } from './http-server.ts'
import { uses } from './uses.ts'

/** The REST door: every procedure with a route in its contract, over HTTP. It holds no state. */
export const service = defineDoor({
  name: 'gateway',
  config,
  uses,
  open,
  isolated: false,
  tasks: [httpServer, httpsRedirect],
})
