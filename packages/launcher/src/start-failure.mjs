/**
 * An expected reason why a command cannot go on. Its message is one line that says what is wrong
 * and how to mend it; it is printed without a stack and the exit code is 1. `tail` is shown above
 * it: the last lines of a log that says more.
 */
export class StartFailure extends Error {
  constructor(message, { tail = '' } = {}) {
    super(message)
    this.name = 'StartFailure'
    this.tail = tail
  }
}
