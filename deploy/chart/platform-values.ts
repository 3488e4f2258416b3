import {
  type JsonSchema,
  QUANTITY,
  count,
  listOfKubernetes,
  object,
  text,
  texts,
  yesOrNo,
} from './schema-words.ts'
import { resources } from './service-settings.ts'

const storage = object({
  size: text('of each volume', QUANTITY),
  className: text('empty: the default of the cluster'),
})

const bundled = {
  enabled: yesOrNo('for evaluation: one is run beside the mesh'),
  image: text('with its tag'),
  resources,
}

const address = (schemes: string) =>
  text('without user and password', `^((${schemes})://[^@\\s]+)?$`)

const peers = listOfKubernetes('where it is, as NetworkPolicyPeers; none: anywhere')

const streamBytes = count('bytes each stream may keep', [1_048_576, 70_368_744_177_664])

const servers = {
  nats: object({
    url: text('nats:// or tls://, several with commas', '^((nats|tls)://[^@\\s]+)?$'),
    streamReplicas: { enum: [1, 3, 5], description: 'copies of each stream' },
    streamBytesMax: streamBytes,
    streamBytesMaxOf: {
      type: 'object',
      description: 'the same of single streams, by their names',
      propertyNames: { pattern: '^[A-Z0-9_]+$' },
      additionalProperties: streamBytes,
    },
    bundled: object({
      ...bundled,
      replicas: { enum: [1, 3, 5], description: 'nodes' },
      storage,
    }),
  }),
  postgres: object({
    url: address('postgres|postgresql'),
    bundled: object({ ...bundled, storage }),
  }),
  redis: object({
    url: address('redis|rediss'),
    authenticated: yesOrNo('the secrets of who uses it have REDIS_PASSWORD'),
    bundled: object(bundled),
  }),
}

const image = object({
  registry: text('before all else: registry.example.org; empty: that of the cluster'),
  repository: text('before the name of the service', '^[a-z0-9._/-]+$'),
  tools: text("the image of the operator's program, which sets up and tests", '^[a-z0-9._-]+$'),
  tag: text("empty: the chart's appVersion"),
  pullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
  pullSecrets: { type: 'array', items: { type: 'string' } },
})

const setup = object({
  existingSecret: text("with the administrators' passwords; empty: `<meshName>-setup`"),
  timeoutSeconds: count('a hook may take', [10, 86_400]),
  provision: yesOrNo('streams, consumers and their users are brought up to date'),
  resources,
})

const ingress = object({
  enabled: yesOrNo('the doors are reached from outside'),
  className: text('empty: the default of the cluster'),
  host: text('the name of both doors', '^[a-z0-9.-]*$'),
  annotations: texts('of both'),
  socketSeconds: count(
    'a silent WebSocket is left open; more than EDGE_PING_INTERVAL_MS',
    [30, 86_400],
  ),
  tls: object({ enabled: yesOrNo('HTTPS'), secretName: text('with certificate and key') }),
  trustedHops: count(
    'proxies of ours before the doors, the ingress controller among them',
    [0, 10],
  ),
})

const networkPolicy = object({
  enabled: yesOrNo('what is not needed is refused'),
  doorsFrom: peers,
  monitoringFrom: peers,
  dnsTo: peers,
  natsTo: peers,
  postgresTo: peers,
  redisTo: peers,
  tracesTo: peers,
})

const monitoring = object({
  serviceMonitor: object({
    enabled: yesOrNo('Prometheus Operator reads the metrics'),
    interval: text('between two readings', '^[0-9]+(ms|s|m)$'),
    labels: texts('by which Prometheus finds it'),
  }),
  rules: object({
    enabled: yesOrNo('alerts'),
    labels: texts('by which Prometheus finds them'),
    runbooksUrl: text('where the runbooks can be read', '^(https?://[^@\\s]+[^/])?$'),
  }),
  dashboards: object({
    enabled: yesOrNo('for Grafana'),
    labels: texts('by which Grafana finds them'),
  }),
  prometheusUrl: text('asked by KEDA', '^(https?://[^@\\s]+)?$'),
})

/** The values that belong to no one service. `parts` are what a release may consist of. */
export const platformValues = (parts: readonly string[]): Readonly<Record<string, JsonSchema>> => ({
  only: {
    type: 'array',
    items: { enum: parts },
    uniqueItems: true,
    description: 'what this release has; empty: everything',
  },
  meshName: text('begins the name of every object', '^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$'),
  image,
  ...servers,
  secrets: object({
    seed: text('for evaluation: every password follows from it', '^(.{32,})?$'),
  }),
  setup,
  ingress,
  networkPolicy,
  monitoring,
  extraObjects: listOfKubernetes('further objects of the platform, as they are'),
  // Helm puts it there.
  global: { type: 'object' },
})
