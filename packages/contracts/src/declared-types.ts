import type { z } from 'zod'
import type { EventDeclaration, Procedure } from './define.ts'
import type { Signal } from './signal.ts'

/** What a caller sends to `P`. */
export type InputOf<P extends Procedure> = z.input<P['input']>
/** What `P` answers. */
export type OutputOf<P extends Procedure> = z.output<P['output']>
/** The codes `P` declares. */
export type CodeOf<P extends Procedure> = keyof P['failures'] & string
/** Who may call `P`. */
export type AccessOf<P extends Procedure> = P['access']
/** The data of an event or a signal. */
export type DataOf<E extends EventDeclaration | Signal> = z.output<E['data']>
