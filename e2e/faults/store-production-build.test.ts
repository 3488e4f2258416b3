// Goal: what is built for production holds nothing that a fault test uses.
// Method: network built and run as an image would, with FP set; then every file that was built.
// Shows: B6
import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { network } from '@meshboard/contracts'
import { type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { StoreProcess } from './store-process.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const programs = globSync('services/*/src/main.ts', { cwd: ROOT }).map(
  (main) => main.split('/src/')[0] ?? '',
)

let mesh: TestMesh
beforeAll(async () => {
  await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), ['-b', ...programs], { cwd: ROOT })
  mesh = await startTestMesh()
})
afterAll(() => mesh.stop())

/** Sweeps all the time, so that it passes the lines of a transaction whatever comes. */
const start = (built: boolean) =>
  new StoreProcess(mesh, 'network', {
    built,
    env: { FP: 'before-begin:1', NETWORK_SWEEP_MS: '50' },
  })

test('a fault point that ends a process in a fault test does nothing in what is built', async () => {
  const armed = start(false)
  expect(await armed.ended, armed.log).toBe('SIGKILL')

  const built = start(true)
  const user = await mesh.user()
  const connect = () =>
    mesh.call(network.procedures.connect, { device_id: 'd', network_name: 'n' }, user)
  const opened = await until(() => connect().catch(() => undefined), { late: built.log })
  expect(opened.status).toBe('connected')
  await built.stop()
  expect(await built.ended).toBe(0)
})

/** The edge ends a process of its own that does not stop. */
const MAY_KILL = 'services/edge/dist/processes/sibling.js'

test('no built file reads FP, ends a process by a signal, or opens a debugger', async () => {
  const files = await builtFiles()
  expect(files.length).toBeGreaterThan(200)
  const found: string[] = []
  for (const file of files) {
    const code = await readFile(file, 'utf8')
    if (
      !file.endsWith(MAY_KILL) &&
      /SIGKILL|SIGSTOP|process\.kill|\bFP\b|node:inspector/.test(code)
    )
      found.push(file)
  }
  expect(found).toEqual([])
})

/** Of all that an image runs. */
const builtFiles = async (): Promise<string[]> => {
  const folders = ['packages/contracts', 'packages/kit', 'packages/db', ...programs]
  const found = folders.map((folder) =>
    readdir(join(ROOT, folder, 'dist'), { recursive: true, withFileTypes: true }),
  )
  return (await Promise.all(found))
    .flat()
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => join(entry.parentPath, entry.name))
}
