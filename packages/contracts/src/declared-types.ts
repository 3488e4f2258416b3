import type { z } from 'zod'
import type { EventDeclaration, Procedure } from './define.ts'

/** What a caller sends to `P`. */
export type InputOf<P extends Procedure> = z.input<P['input']>
/** What `P` answers. */
export type OutputOf<P extends Procedure> = z.output<P['output']>
/** The codes `P` declares. */
export type CodeOf<P extends Procedure> = keyof P['failures'] & string
/** Who may call `P`. */
export type AccessOf<P extends Procedure> = P['access']
/** The data of an event. */
export type DataOf<E extends EventDeclaration> = z.output<E['data']>
