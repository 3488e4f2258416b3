import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { type Root, makeRoot, repository } from './fixture-root.ts'
import { environmentOf, eventually, isRunning, run, startMesh } from './launcher-process.ts'

type Rows = { rows: Record<string, unknown>[] }
type Client = { connect(): Promise<void>; query(sql: string): Promise<Rows>; end(): Promise<void> }
type Driver = { Client: new (settings: { connectionString: string }) => Client }

const { Client } = createRequire(join(repository, 'packages/db/package.json'))('pg') as Driver

let root: Root
let mesh: Awaited<ReturnType<typeof startMesh>>

beforeAll(async () => {
  root = makeRoot()
  mesh = await startMesh(root, { ALPHA_COLOUR: 'red', BETA_COLOUR: 'blue' })
})

afterAll(async () => {
  await run(['reset'], environmentOf(root))
  root.remove()
})

async function inDatabase(sql: string): Promise<Rows> {
  const client = new Client({ connectionString: mesh.state().env['DATABASE_URL'] ?? '' })
  await client.connect()
  const result = await client.query(sql)
  await client.end()
  return result
}

function inRedis(command: string): Promise<string> {
  const { port, password } = new URL(mesh.state().env['REDIS_URL'] ?? '')
  return new Promise((done) => {
    const socket = connect(Number(port), '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.on('close', () => done(text))
    socket.write(`AUTH ${password}\r\n${command}\r\nQUIT\r\n`)
  })
}

test('a start prints its steps, its times and where everything is', () => {
  const said = mesh.said()
  for (const step of ['packages', 'nats', 'postgres', 'redis', 'setup', 'services'])
    expect(said).toContain(step)
  expect(said).toMatch(/services +3 ready/)
  expect(said).toMatch(/ready: downloads \d+\.\d+ s, own time \d+\.\d+ s/)
  expect(said).toContain(`http://localhost:${mesh.state().ports['gateway']}/openapi.json`)
})

test('what has passwords is for its owner only', () => {
  for (const path of ['run/state.json', 'secrets.json', 'keys/auth-signing.pem']) {
    expect(statSync(join(root.home, path)).mode & 0o777).toBe(0o600)
  }
})

test('a service gets its own credentials and settings and nobody else’s', () => {
  const file = join(root.root, 'services/alpha/environment.json')
  const env = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
  expect(env).toMatchObject({ NATS_USER: 'alpha', ALPHA_COLOUR: 'red' })
  expect(env['DATABASE_URL']).toMatch(
    /^postgres:\/\/alpha_app:pw[0-9a-f]{40}@127\.0\.0\.1:\d+\/meshboard$/,
  )
  expect(Object.keys(env)).not.toContain('BETA_COLOUR')
  expect(env['NATS_PASSWORD']).not.toBe(mesh.state().env['NATS_PASSWORD'])
})

test('the trace page stands in the table, and every service sends its spans there', () => {
  const { ports } = mesh.state()
  expect(mesh.said()).toMatch(new RegExp(`^ +traces +http://localhost:${ports['traces']}$`, 'm'))
  for (const name of ['alpha', 'edge', 'gateway'])
    expect(readFileSync(join(root.root, `services/${name}/environment.json`), 'utf8')).toContain(
      `"OTEL_EXPORTER_OTLP_ENDPOINT":"http://127.0.0.1:${ports['traces']}"`,
    )
})

test('a door has no database', () => {
  const env = readFileSync(join(root.root, 'services/gateway/environment.json'), 'utf8')
  expect(env).toContain('"GATEWAY_PORT"')
  expect(env).not.toContain('DATABASE_URL')
})

test('a second up is refused in one line', async () => {
  const { code, stderr } = await run(['up'], environmentOf(root))
  expect(stderr).toMatch(
    /^ {2}the mesh is already running at http:\S+ \(pid \d+\)\. Stop it with `npm run down`.*\n$/,
  )
  expect(code).toBe(1)
})

test('the agent gets the doors of the running mesh, its output and its exit code are passed on', async () => {
  const { code, stdout } = await run(['agent', '--register', 'me'], environmentOf(root))
  expect(stdout).toBe(`--register,me ws://localhost:${mesh.state().ports['edge']}\n`)
  expect(code).toBe(3)
})

test.each(['alpha', 'nats', 'postgres'])('%s is started again when it is killed', async (name) => {
  const before = mesh.state().pids[name] ?? 0
  process.kill(before, 'SIGKILL')
  await eventually(() => ![undefined, before].includes(mesh.state().pids[name]))
  expect(mesh.said()).toContain(`${name} was ended by SIGKILL; it starts again in 0.2 s`)
})

test('data survives down and up, and goes with reset', async () => {
  await eventually(() => isRunning(mesh.state().pids['postgres'] ?? 0))
  await expect
    .poll(
      () =>
        inDatabase('create table if not exists kept ()').then(
          () => true,
          () => false,
        ),
      { timeout: 15_000 },
    )
    .toBe(true)
  await inRedis('SET kept yes')

  const pids = Object.values(mesh.state().pids)
  expect(pids.filter(isRunning)).toHaveLength(8)
  expect((await run(['down'], environmentOf(root))).stdout).toContain('stopped: 8 processes')
  expect(pids.filter(isRunning)).toEqual([])
  expect((await mesh.ended).code).toBe(0)

  const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }
  mesh = await startMesh(root, { ...collector, JAEGER_URL: 'http://jaeger.example:16686' })
  expect(mesh.said()).toMatch(/^ +traces +http:\/\/jaeger\.example:16686$/m)
  expect(Object.keys(mesh.state().pids)).not.toContain('traces')
  expect((await inDatabase("select to_regclass('kept') as kept")).rows).toEqual([{ kept: 'kept' }])
  expect(await inRedis('GET kept')).toContain('yes')

  await run(['down'], environmentOf(root))
  const secrets = join(root.home, 'secrets.json')
  const password = { postgres: `pw${'0'.repeat(40)}` }
  writeFileSync(
    secrets,
    JSON.stringify({ ...JSON.parse(readFileSync(secrets, 'utf8')), ...password }),
  )
  const refused = await run(['up'], environmentOf(root))
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('is of an earlier installation, whose passwords are gone')

  const { stdout } = await run(['reset'], environmentOf(root))
  expect(stdout).toContain(`deleted ${join(root.home, 'data')}`)
  for (const path of ['data', 'secrets.json', 'keys'])
    expect(existsSync(join(root.home, path))).toBe(false)
})

test('down says so when nothing runs', async () => {
  expect(await run(['down'], environmentOf(root))).toMatchObject({
    code: 0,
    stdout: '  nothing is running\n',
  })
})
