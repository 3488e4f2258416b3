import { planOf, services } from '@meshboard/deploy'
import { type Broker, PROVISIONER, connectBroker, provision } from '@meshboard/kit'
import { type NatsServer, StreamReader, startNats } from '@meshboard/testkit'

/** A broker with streams and durables, and nothing else: what a test may have for itself. */
export interface BrokerAlone {
  readonly nats: NatsServer
  readonly streams: StreamReader
  /** The broker as a service sees it. */
  brokerOf(service: string): Promise<Broker>
  /** Has a stream take nothing more, as one that has come to its limit. */
  fill(stream: string): Promise<void>
  stop(): Promise<void>
}

/** The services whose consumers the tests are about. */
const CONCERNED = ['earnings', 'network']

/** Starts one. */
export const startBrokerAlone = async (): Promise<BrokerAlone> => {
  const nats = await startNats()
  const plans = services.map((service) =>
    planOf(CONCERNED.includes(service.name) ? service : { ...service, consumers: [] }),
  )
  await provision(asUser(nats, PROVISIONER), plans, { replicas: 1, dedupeMs: 60_000 })
  const streams = await StreamReader.open(nats)
  const brokers = new Map<string, Promise<Broker>>()
  const brokerOf = (service: string): Promise<Broker> => {
    const broker = brokers.get(service) ?? connectBroker(asUser(nats, service))
    brokers.set(service, broker)
    return broker
  }
  return {
    nats,
    streams,
    brokerOf,
    fill: async (stream) => fill(await brokerOf(PROVISIONER), stream),
    async stop() {
      for (const broker of brokers.values()) await (await broker).close()
      await streams.close()
      await nats.stop()
    },
  }
}

const asUser = (nats: NatsServer, service: string) => ({
  servers: [nats.url],
  service,
  user: service,
  password: nats.passwordOf(service),
  onFault: () => undefined,
})

const fill = async (broker: Broker, stream: string): Promise<void> => {
  const ask = async (request: string, body: object) => {
    const subject = `$JS.API.STREAM.${request}.${stream}`
    const data = new TextEncoder().encode(JSON.stringify(body))
    const answer = await broker.request(subject, data, { deadline: Date.now() + 5_000 })
    return JSON.parse(new TextDecoder().decode(answer.data)) as { config: object; error?: object }
  }
  const { config } = await ask('INFO', {})
  const { error } = await ask('UPDATE', { ...config, max_bytes: 1, discard: 'new' })
  if (error) throw new Error(JSON.stringify(error))
}
