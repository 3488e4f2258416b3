/**
 * What a client needs while it runs, `@meshboard/contracts/client`: failures, close codes, what a
 * key signs. Everything else is here as a type only, so that whoever imports this module loads no
 * schema and no schema library.
 */
export type * from './index.ts'
export { type AfterClose, CLOSE_CODES, afterClose } from './close-codes.ts'
export { FAILURES, Failure, failure } from './failure.ts'
export { AUDIENCE, challengeMessage } from './signing.ts'
export { SUBPROTOCOL } from './subprotocol.ts'
