import { network } from '@meshboard/contracts'
import { handler } from '@meshboard/kit'
import type { Deps } from '../deps.ts'

export const echo = handler(network.procedures.echo, ({ input }, _deps: Deps) =>
  Promise.resolve({ data: input.data }),
)
