import { HEADERS, REPUBLISH, filterHeader } from '@meshboard/contracts'
import {
  type AsyncApiPart,
  ON_BROKER,
  headersOf,
  mapOf,
  messageOf,
  reference,
} from './asyncapi-parts.ts'
import type { Catalog, EventEntry, ServiceEntry, SignalEntry } from './entries.ts'

/** The topics of a service, and who consumes what is told there. */
export const eventTopics = (service: ServiceEntry, { services }: Catalog): AsyncApiPart => {
  const { events } = service
  const consumers = services.flatMap(({ name, consumes }) =>
    consumes.map(({ consumer, event }) => ({
      title: `${name}.${consumer}`,
      of: events.find((one) => one.name === event),
    })),
  )
  return {
    channels: mapOf(Map.groupBy(events, topicName), ([name, told]) => [name, topicOf(told)]),
    operations: {
      ...mapOf(events, (one) => [`raise.${one.name}`, { action: 'send', ...toldBy(one) }]),
      ...mapOf(
        consumers.flatMap(({ title, of }) => (of ? [{ title, of }] : [])),
        ({ title, of }) => [`consume.${title}`, { action: 'receive', ...toldBy(of), title }],
      ),
    },
    messages: mapOf(events, (one) => [one.name, eventMessage(one)]),
  }
}

const topicName = ({ stream, topic, key }: EventEntry): string => `topic.${stream}.${topic}.${key}`

const keyParameter = (key: string) =>
  key === 'all' ? {} : { parameters: { [key]: { description: 'Whose events they are.' } } }

const topicOf = (events: readonly EventEntry[]): object => {
  const [first] = events
  return {
    address: first?.subject,
    servers: ON_BROKER,
    ...keyParameter(first?.key ?? 'all'),
    messages: mapOf(events, ({ name }) => [name, reference(`components/messages/${name}`)]),
    'x-jetstream': {
      stream: first?.stream,
      keep_days: Math.max(...events.map(({ keep_days }) => keep_days)),
      republish: REPUBLISH,
    },
  }
}

const toldBy = (one: EventEntry): object => ({
  title: one.name,
  summary: one.summary,
  channel: reference(`channels/${topicName(one)}`),
  messages: [reference(`channels/${topicName(one)}/messages/${one.name}`)],
  ...(one.deprecated && { 'x-deprecated': one.deprecated }),
})

const eventMessage = ({ name, summary, data, filters }: EventEntry): object => {
  const { event, n, messageId, subject, time, contract, stateKey, traceparent } = HEADERS
  const always = [messageId, event, n, subject, time]
  const all = [...always, contract, stateKey, traceparent, ...filters.map(filterHeader)]
  return messageOf(data, { name, summary, headers: headersOf(all, always) })
}

/** The signals of a service. */
export const signalsSaid = ({ signals }: ServiceEntry): AsyncApiPart => ({
  channels: mapOf(signals, (one) => [`signal.${one.name}`, signalChannel(one)]),
  operations: mapOf(signals, (one) => [`say.${one.name}`, saidOf(one)]),
  messages: mapOf(signals, ({ name, summary, data, filters }) => [
    name,
    messageOf(data, { name, summary, headers: headersOf(filters.map(filterHeader)) }),
  ]),
})

const signalChannel = ({ name, subject }: SignalEntry): object => ({
  address: subject,
  description: 'Heard at most once, by who listens at that moment.',
  servers: ON_BROKER,
  ...keyParameter('key'),
  messages: { said: reference(`components/messages/${name}`) },
})

const saidOf = ({ name, summary, deprecated }: SignalEntry): object => ({
  action: 'send',
  title: name,
  summary,
  channel: reference(`channels/signal.${name}`),
  messages: [reference(`channels/signal.${name}/messages/said`)],
  ...(deprecated && { 'x-deprecated': deprecated }),
})
