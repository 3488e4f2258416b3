import {
  Failure,
  HEADERS,
  type Procedure,
  localName,
  rpcSubject,
  serviceOf,
} from '@meshboard/contracts'
import type { Broker } from '../src/index.ts'

interface Asking {
  token?: string
  /** What the service is told; two seconds when not given. */
  deadline?: number
  /** How long the answer is waited for. */
  waitMs?: number
  body?: string
  procedure?: string
}

/** One request without a client's retries: the failure it ends with, undefined when it succeeds. */
export const ask = async (
  broker: Broker,
  { name }: Pick<Procedure, 'name'>,
  options: Asking,
): Promise<Failure | undefined> => {
  const { deadline = Date.now() + 2_000, waitMs = 2_000, body = '{"data":"x"}' } = options
  const answer = await broker.request(
    rpcSubject(serviceOf(name), options.procedure ?? localName(name)),
    new TextEncoder().encode(body),
    {
      headers: {
        [HEADERS.deadline]: String(deadline),
        [HEADERS.budget]: '60000',
        ...(options.token !== undefined && { [HEADERS.token]: options.token }),
      },
      deadline: Date.now() + waitMs,
    },
  )
  const given: unknown = JSON.parse(new TextDecoder().decode(answer.data))
  return answer.headers[HEADERS.failure] === undefined
    ? undefined
    : Failure.fromEnvelope(given as never)
}
