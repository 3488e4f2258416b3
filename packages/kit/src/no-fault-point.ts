/** The lines at which a fault test can end a process. */
export type FaultPoint =
  | 'before-begin'
  | 'after-effect'
  | 'before-commit'
  | 'after-commit-before-reply'
  | 'before-publish'
  | 'after-publish-before-mark'
  | 'after-effect-before-ack'
  | 'after-ack'

/**
 * Marks a line at which a crash would be the worst. Does nothing: what `#fault-point` stands for
 * everywhere but in a process that a fault test starts with a condition of its own.
 */
export const faultPoint = (_point: FaultPoint): void => {}
