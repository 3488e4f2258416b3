import {
  type DataOf,
  HEADERS,
  type Signal,
  filterHeader,
  localName,
  serviceOf,
  signalSubject,
} from '@meshboard/contracts'
import type { Runtime } from './define-service.ts'
import { encodeJson } from './json.ts'
import { activeTraceparent } from './telemetry.ts'
import { type Validate, compileValidation } from './validate.ts'

/**
 * Says what only matters now, under the key of whose it is, to whoever listens: at most once, and not
 * at all while the broker is away. Never fails: what could not be said goes to the log.
 */
export type SendSignal = <S extends Signal>(
  signal: S,
  said: { readonly key: string; readonly data: DataOf<S> },
) => void

/** The way a service says its own signals. */
export const createSignals = ({
  service,
  broker,
  log,
}: Pick<Runtime, 'service' | 'broker' | 'log'>): SendSignal => {
  const validations = new Map<Signal, Validate<unknown>>()
  const validated = (signal: Signal, data: unknown): Record<string, unknown> => {
    const validate = validations.get(signal) ?? compileValidation(signal.data)
    validations.set(signal, validate)
    return validate(data) as Record<string, unknown>
  }
  return (signal, { key, data }) => {
    if (!broker.connected) return
    try {
      if (serviceOf(signal.name) !== service)
        throw new Error(`${signal.name} is not ${service}'s to say`)
      const fields = validated(signal, data)
      const subject = signalSubject(service, localName(signal.name), key)
      broker.publish(subject, encodeJson(fields), headersOf(signal, fields))
    } catch (error) {
      log.error({ err: error, signal: signal.name }, 'signal not sent')
    }
  }
}

const headersOf = (signal: Signal, data: Record<string, unknown>): Record<string, string> => {
  const traceparent = activeTraceparent()
  return {
    [HEADERS.event]: signal.name,
    [HEADERS.time]: new Date().toISOString(),
    ...(traceparent !== undefined && { [HEADERS.traceparent]: traceparent }),
    ...Object.fromEntries(signal.filters.map((name) => [filterHeader(name), String(data[name])])),
  }
}
