import { AuthorizationError, UserAuthenticationExpiredError } from '@nats-io/transport-node'
import { sentenceOf } from '../start-fault.ts'
import type { BrokerOptions } from './connection-options.ts'

/** Why the broker could not be reached, in one sentence without a secret. */
export const connectFault = (error: unknown, { servers, user }: BrokerOptions): string => {
  const hosts = servers.map((server) => new URL(server).host).join(', ')
  if (error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError)
    return `the broker at ${hosts} refuses ${user === '' ? 'the user of NATS_URL' : `user "${user}"`}: user or password is wrong`
  return `the broker at ${hosts} is not reached: ${sentenceOf(error)}`
}
