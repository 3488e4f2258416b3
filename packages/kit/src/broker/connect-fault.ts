import {
  AuthorizationError,
  TimeoutError,
  UserAuthenticationExpiredError,
} from '@nats-io/transport-node'
import { sentenceOf } from '../start-fault.ts'
import type { BrokerOptions } from './connection-options.ts'

type FaultOptions = Omit<BrokerOptions, 'onFault'>

/** Why the broker could not be reached, in one sentence without a secret. */
export const connectFault = (error: unknown, options: FaultOptions): string => {
  const { servers, user } = options
  const hosts = servers.map((server) => new URL(server).host).join(', ')
  if (error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError)
    return `the broker at ${hosts} refuses ${user === '' ? 'the user of NATS_URL' : `user "${user}"`}: user or password is wrong`
  const silent = error instanceof TimeoutError && mayAsk(options)
  return `the broker at ${hosts} is not reached: ${silent ? ASKS : sentenceOf(error)}`
}

/** A broker that asks for a certificate ends the connection without a word that the library would pass on. */
const mayAsk = ({ servers, tls }: FaultOptions): boolean =>
  tls?.certFile === '' && (tls.caFile !== '' || servers.some((one) => one.startsWith('tls:')))

const ASKS = 'it did not answer; perhaps it asks for a certificate (NATS_CERT_FILE, NATS_KEY_FILE)'
