import { type Broker, connectBroker } from '@meshboard/kit'
import type { TestBroker } from './nats-server.ts'

/** How a user of a test's broker connects. */
export const brokerOptions = (nats: TestBroker, service: string) => ({
  servers: nats.url.split(','),
  service,
  user: service,
  password: nats.passwordOf(service),
  onFault(error: Error) {
    if (process.env['TEST_LOG_LEVEL'] !== undefined) console.error(service, error)
  },
})

/** The broker as a service sees it, with that service's rights. */
export const connectAs = (nats: TestBroker, service: string): Promise<Broker> =>
  connectBroker(brokerOptions(nats, service))
