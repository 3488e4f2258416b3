import { z } from 'zod'
import { procedure } from './define.ts'

/** Where a service's stream stands. `epoch` changes only when the stream was made anew. */
export const StreamState = z.object({
  epoch: z.string().regex(/^[a-z0-9]{4,16}$/),
  first_seq: z.int().min(0),
  last_seq: z.int().min(0),
})

/**
 * What the kit answers for every service that has events: the edge's broker account cannot ask a
 * stream for its state itself.
 */
export const streamState = <const N extends string>(service: N): StreamStateOf<N> => {
  const known = made.get(service) ?? make(service)
  made.set(service, known)
  return known as StreamStateOf<N>
}

const make = <const N extends string>(service: N) =>
  procedure({
    name: `${service}.streamState`,
    summary: "Where the service's stream stands.",
    access: 'service',
    idempotent: true,
    timeoutMs: 1_000,
    input: z.object({}),
    output: StreamState,
  })

type StreamStateOf<N extends string> = ReturnType<typeof make<N>>

const made = new Map<string, StreamStateOf<string>>()
