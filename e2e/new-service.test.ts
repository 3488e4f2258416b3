// Goal: a service that was just scaffolded is a whole service: it checks, it tests, it answers.
// Method: `npm run new:service` in a copy of this repository, then what a person would do next.
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.mesh'])
const isFull = process.env['MESH_TEST_FULL'] === '1'

let clone: string
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'meshboard-scaffold-'))
  const filter = (path: string) => !LEFT_OUT.has(basename(path)) && !path.endsWith('.tsbuildinfo')
  await cp(ROOT, clone, { recursive: true, filter })
})
afterAll(() => rm(clone, { recursive: true, force: true }))

/** Runs a program in the copy; gives its exit code and what it said. */
const run = async (...[command, args]: [string, string[]]) => {
  const {
    MESH_TEST_POSTGRES_URL: _postgres,
    MESH_TEST_REDIS_URL: _redis,
    MESH_SERVERS_DIR = join(ROOT, '.mesh/servers'),
    ...env
  } = process.env
  const child = spawn(command, args, { cwd: clone, env: { ...env, MESH_SERVERS_DIR } })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise((resolve) => child.once('close', resolve))
  return { code, said }
}

/** A command of the launcher, with servers of its own. */
const launch = (...args: string[]) =>
  run(process.execPath, [join(clone, 'packages/launcher/src/main.mjs'), ...args])

const succeeds = async (running: ReturnType<typeof run>): Promise<string> => {
  const { code, said } = await running
  expect(code, said.slice(-4_000)).toBe(0)
  return said
}

test('a name that cannot be is refused in one line', async () => {
  for (const [name, why] of [
    ['network', 'services/network is there already'],
    ['Fraud', 'kebab-case'],
    ['networks', 'the route /api/networks is taken'],
    ['class', 'another meaning'],
  ] as const) {
    const { code, said } = await launch('new:service', name)
    expect([code, said]).toEqual([1, expect.stringContaining(why)])
  }
})

test('a service is written, linked and generated', async () => {
  expect(await succeeds(launch('new:service', 'fraud-watch'))).toContain('a part of the mesh')
})

test('it is in the chart, with its role and its consumer', async () => {
  const chart = join(clone, 'deploy/helm/meshboard')
  const { services } = JSON.parse(await readFile(join(chart, 'files/mesh.json'), 'utf8')) as {
    services: Record<string, unknown>
  }
  expect(services['fraud-watch']).toMatchObject({ databaseRole: 'fraud_watch_app', scaleBy: 'lag' })
  expect(await readFile(join(chart, 'values.yaml'), 'utf8')).toContain('\n  fraud-watch:\n')
})

test('it compiles', () =>
  succeeds(run(join(clone, 'node_modules/.bin/tsc'), ['-b', 'services/fraud-watch'])))

test('what was generated is up to date, and the service passes its own tests', async () => {
  await succeeds(launch('generate', '--check'))
  expect(await succeeds(launch('test', 'services/fraud-watch'))).toMatch(
    /[1-9]\d* passed, 0 failed/,
  )
})

test.runIf(isFull)('it passes the check at once', () => succeeds(launch('check')), 240_000)

test.runIf(isFull)(
  'it answers under up',
  async () => {
    await writeFile(join(clone, 'e2e/fraud-watch.test.ts'), ANSWERS)
    await succeeds(launch('test', 'e2e/fraud-watch'))
  },
  240_000,
)

const ANSWERS = `
import { fraudWatch } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { Agent } from './agent.ts'
import { overRest } from './rest.ts'
import { Up } from './up.ts'

test('it answers', async () => {
  const up = await Up.start({})
  const token = await Agent.token(up, 'ann')
  const { get, setLabel } = fraudWatch.procedures
  await overRest(up, setLabel, { token, input: { label: 'home' } })
  expect(await overRest(up, get, { token })).toMatchObject({ label: 'home', connects: 0 })
  await up.remove()
})
`
