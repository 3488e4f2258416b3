// Goal: values that would not work are refused before anything is installed, and said why.
// Method: helm with one wrong value at a time, over values that are right.
import { describe, expect, test } from 'vitest'
import { helm, renderText } from './helm-chart.ts'

const right = { files: ['minimal.yaml'] }

const refused = (values: Record<string, unknown>) => renderText({ ...right, values })

describe.skipIf(helm === undefined)('the chart refuses', () => {
  test('nothing of what is right', async () => {
    const values = { 'services.edge.config': { EDGE_DRAIN_MS: 1_000, LOG_LEVEL: 'warn' } }
    expect(await refused(values)).toContain('EDGE_DRAIN_MS: "1000"')
  })

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['a key it does not know', { colour: 'red' }, /Additional property colour/],
    ['a service there is not', { 'services.bounty': {} }, /Additional property bounty/],
    [
      'a setting that services do not have',
      { 'services.user.replica': 2 },
      /services\.user: Additional property replica/,
    ],
    [
      "a variable of another service's",
      { 'services.user.config': { EDGE_DRAIN_MS: 1 } },
      /Additional property EDGE_DRAIN_MS/,
    ],
    [
      'a variable that it sets itself',
      { 'services.gateway.config': { GATEWAY_PORT: 80 } },
      /Additional property GATEWAY_PORT/,
    ],
    [
      'a secret among the values',
      { 'services.edge.config': { EDGE_TICKET_SECRET: 'seen by all' } },
      /Additional property EDGE_TICKET_SECRET/,
    ],
    [
      'a password in an address',
      { 'postgres.url': 'postgres://me:pw@db:5432/mesh' },
      /postgres\.url: Does not match pattern/,
    ],
    [
      'a time with a unit of its own',
      { 'services.edge.config': { EDGE_DRAIN_MS: '5s' } },
      /EDGE_DRAIN_MS: Invalid type\. Expected: integer/,
    ],
    [
      'a number out of the range of its variable',
      { 'services.edge.config': { EDGE_TRUSTED_HOPS: 11 } },
      /EDGE_TRUSTED_HOPS: Must be less than or equal to 10/,
    ],
    ['a word that is none of its', { config: { LOG_LEVEL: 'loud' } }, /LOG_LEVEL must be one of/],
    ['a share above one', { config: { OTEL_TRACES_SAMPLER_ARG: 5 } }, /less than or equal to 1/],
    [
      'memory in decimal bytes with a B',
      { 'services.user.resources': { limits: { memory: '512MB' } } },
      /memory: Does not match pattern/,
    ],
    ['a short seed', { 'secrets.seed': 'guess' }, /secrets\.seed: Does not match pattern/],
    ['two copies of a stream', { 'nats.streamReplicas': 2 }, /streamReplicas must be one of/],
    ['a part there is not', { only: ['everything'] }, /only\.0 must be one of/],
  ])('%s', async (_, values, message) => {
    await expect(refused(values)).rejects.toThrow(message)
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['a mesh without a broker', { 'nats.url': '' }, 'nats.url is empty'],
    ['a mesh without a database', { 'postgres.url': '' }, 'postgres.url is empty'],
    [
      'a stop that would be cut off',
      { 'services.edge.config': { EDGE_DRAIN_MS: 30_000 } },
      'EDGE_DRAIN_MS, READY_OFF_MS, STOP_GRACE_MS of its config are 55000 ms together, more than STOP_MS_MAX',
    ],
    [
      'more copies of a stream than brokers',
      { 'nats.bundled.enabled': true, 'nats.streamReplicas': 5 },
      'nats.streamReplicas is 5, but nats.bundled.replicas only 3',
    ],
    [
      'KEDA without Prometheus',
      { 'defaults.autoscaling.kind': 'keda' },
      'monitoring.prometheusUrl is empty',
    ],
    [
      'at least more than at most',
      { 'services.user.autoscaling': { min: 9, max: 3 } },
      'services.user.autoscaling: min is more than max',
    ],
    ['doors without a name', { 'ingress.enabled': true }, 'ingress.host is empty'],
  ])('%s', async (_, values, message) => {
    await expect(refused(values)).rejects.toThrow(message)
  })
})
