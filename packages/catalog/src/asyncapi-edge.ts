import type { EdgeDescription, JsonSchema } from '@meshboard/contracts'
import { type AsyncApiPart, mapOf, messageOf, reference } from './asyncapi-parts.ts'
import type { ChannelEntry, EventEntry, ServiceEntry, SignalEntry } from './entries.ts'
import { exampleOf } from './example.ts'

const AT_EDGE = [reference('servers/edge')]

/** Every frame between a client and the edge. */
export const edgeFrames = ({ clientFrames, serverFrames }: EdgeDescription): AsyncApiPart => ({
  channels: {
    'edge.frames': {
      address: '/',
      description: 'One connection; each frame is an object with a type.',
      servers: AT_EDGE,
      messages: {
        ...mapOf(Object.keys(clientFrames), (type) => [
          `client.${type}`,
          frameReference('client', type),
        ]),
        ...mapOf(Object.keys(serverFrames), (type) => [
          `server.${type}`,
          frameReference('server', type),
        ]),
      },
    },
  },
  operations: {
    'edge.receive': frameOperation(
      'receive',
      Object.keys(clientFrames).map((type) => `client.${type}`),
    ),
    'edge.send': frameOperation(
      'send',
      Object.keys(serverFrames).map((type) => `server.${type}`),
    ),
  },
  messages: { ...frameMessages('client', clientFrames), ...frameMessages('server', serverFrames) },
})

const frameReference = (side: string, type: string) =>
  reference(`components/messages/frame.${side}.${type}`)

const frameOperation = (action: 'send' | 'receive', names: readonly string[]): object => ({
  action,
  title: action === 'send' ? 'What the edge may send' : 'What a client may send',
  channel: reference('channels/edge.frames'),
  messages: names.map((name) => reference(`channels/edge.frames/messages/${name}`)),
})

const frameMessages = (side: string, frames: Readonly<Record<string, JsonSchema>>) =>
  mapOf(Object.entries(frames), ([type, schema]) => [
    `frame.${side}.${type}`,
    messageOf({ schema, example: exampleOf(schema) }, { name: type, title: `${side}: ${type}` }),
  ])

/** The channels of a service, as clients watch them. */
export const edgeChannels = (service: ServiceEntry, edge: EdgeDescription): AsyncApiPart => {
  const told = [...service.events, ...service.signals]
  const frame = edge.serverFrames['event'] ?? {}
  const shown = service.channels.flatMap((channel) =>
    told
      .filter(({ name }) => channel.shows.includes(name))
      .map((one) => ({ channel, one, name: messageName(channel, one) })),
  )
  return {
    channels: mapOf(service.channels, (one) => [`channel.${one.name}`, channelOf(one)]),
    operations: mapOf(service.channels, (one) => [`show.${one.name}`, showOf(one)]),
    messages: mapOf(shown, ({ name, channel, one }) => [name, shownAs(frame, { channel, one })]),
  }
}

const messageName = ({ name }: ChannelEntry, one: { name: string }): string =>
  `shown.${name}.${one.name}`

const channelOf = (channel: ChannelEntry): object => ({
  address: channel.name,
  description: channel.summary,
  servers: AT_EDGE,
  messages: mapOf(channel.shows, (name) => [
    name,
    reference(`components/messages/${messageName(channel, { name })}`),
  ]),
  'x-class': channel.class,
  'x-audience': channel.audience,
  ...(channel.snapshot && { 'x-snapshot': channel.snapshot }),
  ...(channel.deprecated && { 'x-deprecated': channel.deprecated }),
})

const showOf = ({ name, summary, shows }: ChannelEntry): object => ({
  action: 'send',
  title: name,
  summary,
  channel: reference(`channels/channel.${name}`),
  messages: shows.map((shown) => reference(`channels/channel.${name}/messages/${shown}`)),
})

/** The frame `event` with what is in it in this case. */
const shownAs = (
  frame: JsonSchema,
  { channel, one }: { channel: ChannelEntry; one: EventEntry | SignalEntry },
): object => {
  const properties = {
    ...frame.properties,
    channel: { const: channel.name },
    event: { const: one.name },
    data: one.data.schema,
  }
  const schema = { ...frame, properties }
  const example = { ...(exampleOf(schema) as object), data: one.data.example }
  return messageOf({ schema, example }, { name: one.name, summary: one.summary })
}
