// Goal: the generated configuration of a cluster is one that nats-server takes, with TLS and without.
// Method: nats-server reads each as it would at a start (`-t`), with what it needs in its environment.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { outsideTool } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clusterConfig } from '../src/broker-config.ts'
import { brokerPermissions } from '../src/permissions.ts'

const run = promisify(execFile)
const openssl = outsideTool('openssl')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshboard-config-'))
  await writeFile(join(folder, 'permissions.conf'), brokerPermissions())
})
afterAll(() => rm(folder, { recursive: true }))

const passwords = () =>
  Object.fromEntries(
    [...brokerPermissions().matchAll(/\$(NATS_PASSWORD_\w+)/g)].map(([, name]) => [name, 'pw']),
  )

/** What nats-server says of a configuration, or an empty text when it takes it. */
const faultsOf = async (config: string, env: Record<string, string> = {}): Promise<string> => {
  const file = join(folder, 'server.conf')
  await writeFile(file, config)
  const given = {
    SERVER_NAME: 'n1',
    CLUSTER_ROUTES: '[nats://n1:6222, nats://n2:6222, nats://n3:6222]',
    STORE_DIR: join(folder, 'data'),
    ...passwords(),
    ...env,
  }
  const binary = process.env['NATS_SERVER_BIN'] ?? 'nats-server'
  return run(binary, ['-t', '-c', file], { env: given }).then(
    () => '',
    (error: { stderr: string }) => error.stderr,
  )
}

test('a server of a cluster starts from its environment alone', async () => {
  const config = clusterConfig({ tls: false })
  expect(await faultsOf(config)).toBe('')
  expect(await faultsOf(config.replace('sync_interval', 'sync_intervals'))).toContain(
    'sync_intervals',
  )
})

test.skipIf(openssl === undefined)('the same with certificates', async () => {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=n1', '-nodes', '-keyout', key, '-out', cert]
  await run(openssl ?? '', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    ...subject,
  ])
  const env = { TLS_CERT_FILE: cert, TLS_KEY_FILE: key, TLS_CA_FILE: cert }
  expect(await faultsOf(clusterConfig({ tls: true }), env)).toBe('')
  expect(await faultsOf(clusterConfig({ tls: true }), { ...env, TLS_KEY_FILE: 'gone' })).not.toBe(
    '',
  )
})
