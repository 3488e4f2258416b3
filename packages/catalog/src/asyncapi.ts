import { describeEdgeProtocol } from '@meshboard/contracts'
import { procedureCalls } from './asyncapi-calls.ts'
import { edgeChannels, edgeFrames } from './asyncapi-edge.ts'
import { eventTopics, signalsSaid } from './asyncapi-events.ts'
import { type AsyncApiPart, reference } from './asyncapi-parts.ts'
import type { Catalog } from './entries.ts'

/** An AsyncAPI document, as far as we write one. */
export interface AsyncApi extends Pick<AsyncApiPart, 'channels' | 'operations'> {
  readonly asyncapi: '3.0.0'
  readonly info: object
  readonly defaultContentType: string
  readonly servers: Readonly<Record<string, object>>
  readonly components: Pick<AsyncApiPart, 'messages'> & {
    readonly securitySchemes: Readonly<Record<string, object>>
  }
}

/**
 * The whole mesh as AsyncAPI 3: procedures as requests with replies, topics of events and who
 * consumes them, signals, and what clients watch at the edge.
 */
export const asyncApiOf = (catalog: Catalog): AsyncApi => {
  const edge = describeEdgeProtocol()
  const parts = [
    edgeFrames(edge),
    ...catalog.services.flatMap((service) => [
      procedureCalls(service),
      eventTopics(service, catalog),
      signalsSaid(service),
      edgeChannels(service, edge),
    ]),
  ]
  const merged = (pick: (part: AsyncApiPart) => Readonly<Record<string, object>>) =>
    Object.assign({}, ...parts.map(pick)) as Record<string, object>
  return {
    asyncapi: '3.0.0',
    info: infoOf(catalog),
    defaultContentType: 'application/json',
    servers: SERVERS,
    channels: merged(({ channels }) => channels),
    operations: merged(({ operations }) => operations),
    components: { messages: merged(({ messages }) => messages), securitySchemes: SECURITY },
  }
}

const infoOf = ({ services }: Catalog) => ({
  title: 'Meshboard',
  version: '1.0.0',
  description:
    'Everything that is said in the mesh. Each consumer is an operation of its own; what a stream keeps stands under x-jetstream.',
  license: { name: 'Apache-2.0' },
  tags: services.map(({ name, summary, owner }) => ({
    name,
    description: `${summary} Owner: ${owner}.`,
  })),
})

const SERVERS = {
  broker: {
    host: 'localhost:4222',
    protocol: 'nats',
    description: 'Where services meet. Each has a user of its own, and nobody else is let in.',
    security: [reference('components/securitySchemes/service')],
  },
  edge: {
    host: 'localhost:8081',
    pathname: '/ws/v1',
    protocol: 'ws',
    description: 'The WebSocket door. A client proves who it is in its first frames.',
  },
}

const SECURITY = { service: { type: 'userPassword', description: 'Generated for each service.' } }
