import {
  type Contract,
  type Procedure,
  failure,
  streamName,
  streamState,
} from '@meshboard/contracts'
import type { Broker } from './broker/broker.ts'
import { type Handler, handler } from './define-service.ts'

const SHARED_MS = 250

/** What every service with events answers besides: where its stream stands. One look serves 250 ms. */
export const streamStateHandler = (
  contract: Contract,
  broker: Broker,
): Handler<Procedure, unknown> => {
  const stream = streamName(contract.name)
  let looked: { at: number; state: ReturnType<Broker['streamPosition']> } | undefined
  const answer = handler(streamState(contract.name), async ({ deadline }) => {
    if (!looked || Date.now() - looked.at > SHARED_MS) {
      looked = { at: Date.now(), state: broker.streamPosition(stream, deadline) }
    }
    try {
      const { epoch, firstSeq, lastSeq } = await looked.state
      return { epoch, first_seq: firstSeq, last_seq: lastSeq }
    } catch {
      looked = undefined
      throw failure('unavailable')
    }
  })
  return answer as unknown as Handler<Procedure, unknown>
}
