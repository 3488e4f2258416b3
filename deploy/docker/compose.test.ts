// Goal: the mesh of containers is whole: every service is in it, is told what it must know and
// nothing that it does not know, and can be there several times.
// Method: the generated files read as Compose reads them, and given to the tools they are for.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv, promisify } from 'node:util'
import { baseConfig, readConfig } from '@meshboard/kit'
import { outsideTool } from '@meshboard/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { schemas, services } from '../src/mesh.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const run = promisify(execFile)

interface Container {
  image: string
  build?: { args: { PROGRAM: string } }
  environment?: Record<string, string>
  volumes?: string[]
  ports?: string[]
  depends_on?: Record<string, { condition: string }>
  container_name?: string
}

const compose = parse(await readFile(join(HERE, 'compose.yaml'), 'utf8')) as {
  services: Record<string, Container>
  volumes: Record<string, unknown>
}
const containers = Object.entries(compose.services)
const names = services.map(({ name }) => name)

/** A folder with the passwords that a person makes, beside a copy of what asks for them. */
let folder: string
const makeSecrets = () => run(process.execPath, [join(HERE, 'secrets.mjs'), folder])
const readSecrets = async () => parseEnv(await readFile(join(folder, '.env'), 'utf8'))
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshboard-compose-'))
  await copyFile(join(HERE, 'compose.yaml'), join(folder, 'compose.yaml'))
  await makeSecrets()
})
afterAll(() => rm(folder, { recursive: true }))

/** As Compose puts values in. */
const interpolated = (text: string, values: NodeJS.Dict<string>): string =>
  text.replaceAll(/\$\{(\w+)(?::[?-]([^}]*))?\}/g, (_, name: string, otherwise = '') =>
    String(values[name] ?? otherwise),
  )

test.each(services)('$name finds a configuration it can use, and nothing unknown', async (one) => {
  const { environment = {}, depends_on: after } = compose.services[one.name] ?? {}
  const config = { ...baseConfig, ...one.config }
  const known = new Set([...Object.values(config).map(({ env }) => env), 'NODE_OPTIONS'])
  expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([])
  const secrets = await readSecrets()
  const found = Object.entries(environment).map(([name, text]) => [
    name,
    interpolated(String(text), secrets),
  ])
  expect(() => readConfig(config, Object.fromEntries(found))).not.toThrow()
  expect(after?.['setup']).toEqual({ condition: 'service_completed_successfully' })
})

test('every service is built as its own image and can be scaled by its count', () => {
  for (const name of names) {
    const { image, build, ports, container_name: fixed } = compose.services[name] ?? {}
    expect(image).toBe(`meshboard/${name}:\${MESHBOARD_VERSION:-local}`)
    expect(build?.args.PROGRAM).toBe(name)
    expect([ports, fixed]).toEqual([undefined, undefined])
  }
})

test('each password is the same on both sides', async () => {
  const { setup, postgres, redis } = compose.services
  const secrets = await readSecrets()
  for (const name of Object.keys(schemas)) {
    const variable = `DATABASE_PASSWORD_${name.toUpperCase().replaceAll('-', '_')}`
    const url = interpolated(compose.services[name]?.environment?.['DATABASE_URL'] ?? '', secrets)
    expect(new URL(url).password).toBe(interpolated(setup?.environment?.[variable] ?? '', secrets))
  }
  for (const name of names) {
    const own = compose.services[name]?.environment?.['NATS_PASSWORD'] ?? ''
    const [, variable = ''] = /\{(\w+)/.exec(own) ?? []
    expect(compose.services['nats-1']?.environment?.[variable]).toBe(own)
  }
  expect(setup?.environment?.['DATABASE_URL']).toContain(
    postgres?.environment?.['POSTGRES_PASSWORD'],
  )
  expect(compose.services['edge']?.environment?.['REDIS_URL']).toContain(
    redis?.environment?.['REDISCLI_AUTH'],
  )
})

test('passwords are made once, for everything that asks for one, and are for their owner', async () => {
  const before = await readSecrets()
  await makeSecrets()
  expect(await readSecrets()).toEqual(before)
  expect((await stat(join(folder, '.env'))).mode & 0o077).toBe(0)
  const asked = (await readFile(join(folder, 'compose.yaml'), 'utf8')).matchAll(/\$\{(\w+):\?/g)
  expect(new Set(Object.keys(before))).toEqual(new Set([...asked].map(([, name]) => name)))
  expect(new Set(Object.values(before)).size).toBe(Object.keys(before).length)
})

test('what others made is taken by its whole version', () => {
  const theirs = containers.filter(([, { build }]) => build === undefined)
  expect(theirs.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      'nats-1',
      'nats-2',
      'nats-3',
      'postgres',
      'redis',
      'jaeger',
      'grafana',
    ]),
  )
  for (const [, { image }] of theirs) expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?(-\w+)?$/)
})

test('what is mounted is there', () => {
  for (const [, { volumes = [] }] of containers) {
    for (const [from = ''] of volumes.map((volume) => volume.split(':'))) {
      const isThere = from.startsWith('.') ? existsSync(join(HERE, from)) : from in compose.volumes
      expect(isThere, from).toBe(true)
    }
  }
})

test('every instance of every service is measured', async () => {
  const { scrape_configs: jobs } = parse(await readFile(join(HERE, 'prometheus.yaml'), 'utf8')) as {
    scrape_configs: { dns_sd_configs: { names: string[]; port: number }[] }[]
  }
  const measured = jobs.flatMap(({ dns_sd_configs: found }) => found)
  expect(measured.flatMap((one) => one.names).toSorted()).toEqual(names.toSorted())
  expect(new Set(measured.map(({ port }) => port))).toEqual(new Set([9100]))
})

const dockerfile = await readFile(join(HERE, 'Dockerfile'), 'utf8')

test('an image listens where others reach it, and tells its version', () => {
  const addresses = services
    .flatMap(({ config }) => Object.values({ ...baseConfig, ...config }))
    .filter(({ default: address }) => address === '127.0.0.1')
  for (const { env } of addresses) expect(dockerfile).toContain(`${env}=0.0.0.0`)
  expect(dockerfile).toContain('OPS_PORT=9100')
  expect(dockerfile).toContain('MESH_REVISION="${REVISION}"')
})

test('images stand on a base of one exact version', () => {
  const [, base] = /^ARG BASE=(\S+)/m.exec(dockerfile) ?? []
  expect(base).toMatch(/\/node:\d+\.\d+\.\d+-bookworm-slim$/)
  expect(dockerfile.match(/^FROM .*$/gm)).toEqual(['FROM ${BASE} AS build', 'FROM ${BASE}'])
})

/** The Docker program, where it has Compose. */
const findCompose = async (): Promise<string | undefined> => {
  const docker = outsideTool('docker')
  if (docker === undefined) return undefined
  if (await run(docker, ['compose', 'version']).catch(() => undefined)) return docker
  if (process.env['REQUIRE_TOOLS'] === '1') throw new Error('docker is here without Compose')
  process.stdout.write('skipped: docker compose\n')
  return undefined
}

const docker = await findCompose()
describe.skipIf(docker === undefined)('Docker Compose', () => {
  test('takes the file', async () => {
    const file = ['--file', join(folder, 'compose.yaml'), '--project-directory', HERE]
    const secrets = ['--env-file', join(folder, '.env')]
    await run(docker ?? '', ['compose', ...file, ...secrets, 'config', '--quiet'])
  })
})

const promtool = outsideTool('promtool')
describe.skipIf(promtool === undefined)('promtool', () => {
  test('takes the configuration of Prometheus', async () => {
    const { stdout } = await run(promtool ?? '', [
      'check',
      'config',
      '--syntax-only',
      join(HERE, 'prometheus.yaml'),
    ])
    expect(stdout).toContain('SUCCESS')
  })
})

const haproxy = outsideTool('haproxy')
describe.skipIf(haproxy === undefined)('HAProxy', () => {
  test('takes its configuration', async () => {
    await run(haproxy ?? '', ['-c', '-f', join(HERE, 'haproxy.cfg')])
  })
})
