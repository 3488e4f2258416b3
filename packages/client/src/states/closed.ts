import type { State } from '../transitions.ts'

/** The end. Nothing leads out of it; a new client is made instead. */
export class Closed implements State {
  leave(): void {}
}
