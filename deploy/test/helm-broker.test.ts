// Goal: the bundled broker starts as a node of a cluster that loses nothing it has acknowledged.
// Method: the rendered configuration, checked by a real nats-server with the environment of its pod.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { helm, render } from './helm-chart.ts'
import { environmentOf, podsOf } from './helm-pods.ts'

const nats = process.env['NATS_SERVER_BIN'] ?? 'nats-server'

const rendered = async (replicas: number) => {
  const objects = await render({
    files: ['evaluation.yaml'],
    values: { 'nats.bundled.replicas': replicas, 'nats.streamReplicas': 1 },
  })
  const files = objects.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'meshboard-nats',
  )?.data
  const container = podsOf(objects).find(({ owner }) => owner === 'StatefulSet meshboard-nats')
  if (files === undefined || container?.containers[0] === undefined) throw new Error('no broker')
  return { files, environment: environmentOf(container.containers[0], objects) }
}

const check = async ({ files, environment }: Awaited<ReturnType<typeof rendered>>) => {
  const folder = await mkdtemp(join(tmpdir(), 'nats-conf-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const { stderr } = await promisify(execFile)(nats, ['-t', '-c', join(folder, 'nats.conf')], {
    env: environment,
  })
  return stderr
}

describe.skipIf(helm === undefined)('the bundled broker', () => {
  test.each([1, 3, 5])('is configured for %i nodes', async (replicas) => {
    const broker = await rendered(replicas)
    expect(await check(broker)).toContain('is valid')
    expect(broker.files['nats.conf']).toContain('sync_interval: always')
    expect(JSON.parse(broker.environment['CLUSTER_ROUTES'] ?? '')).toHaveLength(replicas)
  })

  test('is not started without the password of a user', async () => {
    const { files, environment } = await rendered(3)
    const { NATS_PASSWORD_EARNINGS: _, ...rest } = environment
    await expect(check({ files, environment: rest })).rejects.toThrow('NATS_PASSWORD_EARNINGS')
  })
})
