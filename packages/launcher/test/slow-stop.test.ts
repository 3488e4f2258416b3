// Goal: a service that takes all the time it may to stop is not killed by the launcher.
// Method: a program that ends by itself when a service would at the latest, 30 s after it was asked to.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface Supervised {
  start(): Promise<void>
  stop(): Promise<void>
}

const source = new URL('../src/supervised-process.mjs', import.meta.url).href
const { SupervisedProcess } = (await import(source)) as {
  SupervisedProcess: new (spec: object, told: object) => Supervised
}
const STOPPING_MS = 30_000
const PROGRAM = `
process.on('SIGTERM', () => setTimeout(() => { console.log('stopped'); process.exit(0) }, ${STOPPING_MS}))
setInterval(() => undefined, 1_000)
console.log('ready')`

test.runIf(process.env['MESH_TEST_FULL'] === '1')(
  'a program that takes 30 s to stop is left to end by itself (full run only)',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'meshboard-stop-'))
    const logFile = join(folder, 'log')
    const log = () => readFile(logFile, 'utf8').catch(() => '')
    const ready = async () => (await log()).includes('ready')
    const [command, args] = [process.execPath, ['-e', PROGRAM]]
    const spec = { name: 'slow', command, args, env: {}, logFile, ready, startMs: 10_000 }
    const program = new SupervisedProcess(spec, { changed: () => undefined, say: () => undefined })
    await program.start()
    await program.stop()
    expect(await log()).toBe('ready\nstopped\n')
    await rm(folder, { recursive: true })
  },
  60_000,
)
