import type { Procedure } from '@meshboard/contracts'
import { decodeJson } from '../json.ts'
import { type Validate, compileValidation } from '../validate.ts'
import type { Middleware } from './middleware.ts'

/**
 * Lets only valid input reach the handler, and only valid output leave: an answer that breaks the
 * contract is a bug, and says so in the log instead of at the caller.
 */
export const validation = (procedures: Iterable<Procedure>): Middleware => {
  const checks = new Map<Procedure, { input: Validate<unknown>; output: Validate<unknown> }>()
  for (const procedure of procedures) {
    checks.set(procedure, {
      input: compileValidation(procedure.input),
      output: compileValidation(procedure.output),
    })
  }
  return (next) => async (incoming) => {
    const check = checks.get(incoming.procedure)
    incoming.input = check?.input(decodeJson(incoming.request.data))
    const output = await next(incoming)
    try {
      return check?.output(output)
    } catch (error) {
      throw new Error(`${incoming.procedure.name} answered against its contract`, { cause: error })
    }
  }
}
