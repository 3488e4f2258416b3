import { Failure, type FailureEnvelope, type ServerFrameOf } from '@meshboard/contracts/client'

/** The failure an `error` frame carries. */
export const failureOf = (frame: ServerFrameOf<'error'>): Failure =>
  Failure.fromEnvelope(frame as FailureEnvelope)
