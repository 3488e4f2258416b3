import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { makeFolder, remove, repository } from './fixture-root.ts'
import { run } from './launcher-process.ts'

const ports = { NATS_PORT: '0', POSTGRES_PORT: '0', REDIS_PORT: '0', OPS_PORT_BASE: '0' }
const parts = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'packages/launcher/src']

let clone = ''
let launcher = ''

beforeAll(() => {
  clone = makeFolder()
  for (const part of parts) {
    mkdirSync(join(clone, part, '..'), { recursive: true })
    cpSync(join(repository, part), join(clone, part), { recursive: true })
  }
  launcher = join(clone, 'packages/launcher/src/main.mjs')
})

afterAll(() => remove(clone))

test('doctor works before anything is installed, and changes nothing', async () => {
  const { code, stdout } = await run(['doctor'], ports, launcher)
  for (const name of [
    'launcher node',
    'mesh node',
    'packages',
    'nats',
    'postgres',
    'redis',
    'disk',
    'descriptors',
    'mesh',
  ]) {
    expect(stdout).toMatch(new RegExp(`^ {2}(ok|note) +${name} `, 'm'))
  }
  expect(stdout).toContain('nothing prevents `npm run up`')
  expect(code).toBe(0)
  expect(existsSync(join(clone, '.mesh'))).toBe(false)
})

test('doctor exits with 1 for a port in use, and says whose it is', async () => {
  const listener = createServer()
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done))
  const { port } = listener.address() as AddressInfo
  const { code, stdout } = await run(['doctor'], { ...ports, NATS_PORT: `${port}` }, launcher)
  expect(stdout).toMatch(
    new RegExp(`WRONG .*port ${port} is in use by another process \\(.*pid ${process.pid}\\)`),
  )
  expect(code).toBe(1)
  await new Promise<void>((done) => void listener.close(() => done()))
})

test('doctor exits with 1 for a DATABASE_URL nothing listens at', async () => {
  const env = { ...ports, DATABASE_URL: 'postgres://127.0.0.1:1/mesh' }
  const { code, stdout } = await run(['doctor'], env, launcher)
  expect(stdout).toMatch(/WRONG {2}postgres +cannot use the server of DATABASE_URL/)
  expect(code).toBe(1)
})

test('packages that cannot be installed for want of a network are one line', async () => {
  const env = {
    npm_config_registry: 'http://127.0.0.1:1',
    npm_config_cache: join(clone, 'npm-cache'),
  }
  const { code, stderr, stdout } = await run(['agent'], env, launcher)
  expect(stderr).toMatch(
    /cannot install packages: the package registry does not answer\. Check the network/,
  )
  expect(stdout).toBe('')
  expect(code).toBe(1)
})
