import {
  QUANTITY,
  count,
  listOfKubernetes,
  mapOfKubernetes,
  object,
  text,
  texts,
  yesOrNo,
} from './schema-words.ts'

const quantity = text('an amount', QUANTITY)
const amounts = object({ cpu: quantity, memory: quantity, 'ephemeral-storage': quantity })

/** What requests and limits look like. */
export const resources = object({ requests: amounts, limits: amounts })

const autoscaling = object({
  kind: {
    enum: ['cpu', 'metrics', 'keda', 'off'],
    description:
      'cpu: by processor time; metrics: by what the service measures, through the custom metrics API; keda: the same through KEDA; off: `replicas` copies',
  },
  min: count('copies at least', [1, 1_000]),
  max: count('copies at most', [1, 1_000]),
  cpuPercent: count('of what a copy requests', [1, 1_000]),
  connections: count('open sockets of a copy', [1, 1_000_000]),
  requestsPerSecond: count('requests of a copy', [1, 1_000_000]),
  lag: count('events not yet delivered, for each copy', [1, 100_000_000]),
})

const probes = object({
  startupSeconds: count('a start may take; then the process is ended', [10, 3_600]),
  livenessSeconds: count('without life; then the process is ended', [10, 3_600]),
})

/** Settings that every service has; those of `defaults` hold where a service says nothing else. */
export const serviceSettings = {
  image: object({
    tag: text('empty: that of `image`'),
    digest: text('instead of a tag', '^(sha256:[0-9a-f]{64})?$'),
  }),
  replicas: count('copies, where nothing scales them', [0, 1_000]),
  autoscaling,
  resources,
  nodeOptions: text('NODE_OPTIONS'),
  existingSecret: text('the secret with its passwords; empty: `<meshName>-<service>`'),
  podDisruptionBudget: object({
    enabled: yesOrNo('where there are two copies or more'),
    maxUnavailable: count('copies that may be away at a time', [1, 1_000]),
  }),
  topologySpread: object({
    enabled: yesOrNo('copies are spread over nodes and zones'),
    whenUnsatisfiable: { enum: ['ScheduleAnyway', 'DoNotSchedule'] },
  }),
  probes,
  nodeSelector: texts('labels of nodes'),
  tolerations: listOfKubernetes('taints that are borne'),
  affinity: mapOfKubernetes('where copies go'),
  priorityClassName: text('empty: none'),
  podAnnotations: texts('of its pods'),
  podLabels: texts('of its pods'),
  env: listOfKubernetes('further variables, as Kubernetes has them'),
  volumes: listOfKubernetes('further volumes, such as certificates'),
  volumeMounts: listOfKubernetes('where they are'),
  egress: listOfKubernetes('further rules of its NetworkPolicy'),
}
