// Goal: the bundled broker starts as a node of a cluster that loses nothing it has acknowledged.
// Method: the rendered configuration, checked by a real nats-server with the environment of its pod.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { brokerPermissions } from '../src/index.ts'
import { golden } from './helm-objects.ts'
import { environmentOf, podsOf } from './helm-pods.ts'

const nats = process.env['NATS_SERVER_BIN'] ?? 'nats-server'

const rendered = async () => {
  const objects = await golden('evaluation.yaml')
  const files = objects.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'meshboard-nats',
  )?.data
  const pod = podsOf(objects).find(({ owner }) => owner === 'StatefulSet meshboard-nats')
  const [container] = pod?.containers ?? []
  if (files === undefined || container === undefined) throw new Error('there is no broker')
  return {
    // Golden files have no users, so that they change with the chart alone.
    files: { 'nats.conf': files['nats.conf'] ?? '', 'permissions.conf': brokerPermissions() },
    environment: { ...ofOthers(), ...environmentOf(container, objects) },
  }
}

/** Of users that golden files do not have yet: those of a new service. */
const ofOthers = (): Record<string, string> =>
  Object.fromEntries(
    [...brokerPermissions().matchAll(/\$(NATS_PASSWORD_\w+)/g)].map(([, env = '']) => [env, 'pw']),
  )

const check = async ({ files, environment }: Awaited<ReturnType<typeof rendered>>) => {
  const folder = await mkdtemp(join(tmpdir(), 'nats-conf-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const { stderr } = await promisify(execFile)(nats, ['-t', '-c', join(folder, 'nats.conf')], {
    env: environment,
  })
  return stderr
}

test('it is one of three nodes that sync every write', async () => {
  const broker = await rendered()
  expect(await check(broker)).toContain('is valid')
  expect(broker.files['nats.conf']).toContain('sync_interval: always')
  expect(JSON.parse(broker.environment['CLUSTER_ROUTES'] ?? '')).toHaveLength(3)
})

test('it is not started without the password of a user', async () => {
  const { files, environment } = await rendered()
  const { NATS_PASSWORD_EARNINGS: _, ...rest } = environment
  await expect(check({ files, environment: rest })).rejects.toThrow('NATS_PASSWORD_EARNINGS')
})
