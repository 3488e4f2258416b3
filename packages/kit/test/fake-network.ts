import { type EventDeclaration, type Procedure, earnings, network } from '@meshboard/contracts'
import {
  type CallContext,
  type AnyConsumer,
  type Received,
  type Service,
  defineConfig,
  defineService,
  handler,
} from '../src/index.ts'

type Answer = (context: CallContext<Procedure>) => Promise<unknown>

/** A service on network's contract whose answers and deliveries a test decides. */
export const fakeNetwork = (parts: {
  answers?: Partial<Record<keyof typeof network.procedures, Answer>>
  handle?: (received: Received<EventDeclaration>) => Promise<void>
}): Service => {
  const answerOf = (name: string): Answer =>
    parts.answers?.[name as keyof typeof network.procedures] ??
    (() => Promise.reject(new Error('not expected')))
  const handlers = Object.entries(network.procedures).map(([name, procedure]) => [
    name,
    handler(procedure as Procedure, answerOf(name)),
  ])
  const consumers: AnyConsumer<unknown>[] = parts.handle
    ? [
        {
          name: 'addPointsOnCredited',
          event: earnings.events.credited,
          handle: parts.handle,
        },
      ]
    : []
  return defineService({
    contract: network,
    config: defineConfig({}),
    uses: { calls: [] },
    open: () => Promise.resolve({}),
    procedures: Object.fromEntries(handlers) as never,
    consumers,
  })
}
