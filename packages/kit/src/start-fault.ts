import { ConfigFailure } from './config.ts'
import { tlsFault } from './tls/tls-fault.ts'

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

/** Of a port: taken, forbidden, or of an address that is not this machine's. */
const PORT_FAULTS: readonly unknown[] = ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL']

/** Whether waiting cannot help: what this process was told is wrong. */
export const isConfigFault = (error: unknown): boolean =>
  error instanceof ConfigFailure || PORT_FAULTS.includes(codeOf(error))

/** What went wrong in one line, for `/readyz` and the log; of several faults the first. */
export const sentenceOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') return sentenceOf(error.errors[0])
  const text = error instanceof Error ? error.message : String(error)
  return tlsFault(error) ?? text.split('\n')[0] ?? ''
}
