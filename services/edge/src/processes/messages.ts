/** What a parent tells a process of its own: to finish what it has in hand, and end. */
export const STOP = 'stop'

/** What a process tells its parent: where it can be asked how it is. */
export interface FromChild {
  readonly ops: string
}
