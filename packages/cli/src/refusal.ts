import { CommanderError } from 'commander'

/** Something was not done, or is not as it should be; the message says what, and what to do. Exit code 1. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}

/** The command line cannot be meant like this. Exit code 2. */
export class UsageFailure extends Error {
  override readonly name = 'UsageFailure'
}

/** There is something to do, and only a look was asked for. Exit code 2. */
export class WorkWaits extends Error {
  override readonly name = 'WorkWaits'
}

/** The exit code that an error ends the program with. */
export const exitCodeOf = (error: unknown): 0 | 1 | 2 => {
  if (error instanceof UsageFailure || error instanceof WorkWaits) return 2
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  return 1
}

const BUGS = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'])

/** Whether an error is a fault of this program, and no answer of anybody. */
export const isBug = (error: unknown): boolean => error instanceof Error && BUGS.has(error.name)

/** What a person is told of an error; undefined when it has been told already. */
export const wordsOf = (error: unknown): string | undefined => {
  if (error instanceof CommanderError) return undefined
  if (!(error instanceof Error)) return String(error)
  return isBug(error) ? error.stack : error.message || error.name
}
