// Goal: a service that waits for something says so where the mesh was started, not only in its log.
// Method: a process whose /readyz names what is missing, supervised as a service is.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder, remove } from './fixture-root.ts'

interface Launcher {
  serviceSpec: (parts: object) => object
  SupervisedProcess: new (
    spec: object,
    told: object,
  ) => { start: () => Promise<void>; stop: () => Promise<void> }
}

/** The launcher is JavaScript without declarations. */
const load = async (name: string): Promise<Launcher> =>
  (await import(new URL(`../src/${name}.mjs`, import.meta.url).href)) as Launcher

const folder = makeFolder()
const ops = createServer((_, response) => {
  const faults = { database: 'the schema "alpha" lacks 0001-alpha' }
  response.writeHead(503).end(JSON.stringify({ status: 'starting', faults }))
})

beforeAll(() => new Promise<void>((done) => void ops.listen(0, '127.0.0.1', done)))
afterAll(async () => {
  await new Promise((done) => ops.close(done))
  remove(folder)
})

test('a service that does not become ready is told with what it misses', async () => {
  const { serviceSpec } = await load('service-spec')
  const { SupervisedProcess } = await load('supervised-process')
  const { port: opsPort } = ops.address() as AddressInfo
  const workspace = { env: {}, root: folder, log: join(folder, 'log'), bin: join(folder, 'bin') }
  const spec = {
    ...serviceSpec({ workspace, name: 'alpha', env: {}, opsPort }),
    ...{ command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], cwd: folder },
    startMs: 200,
  }
  const supervised = new SupervisedProcess(spec, { changed: () => {}, say: () => {} })
  const line = /alpha is not ready after 0\.2 s \(database: the schema "alpha" lacks 0001-alpha\)/
  await expect(supervised.start()).rejects.toThrow(line)
  await supervised.stop()
})
