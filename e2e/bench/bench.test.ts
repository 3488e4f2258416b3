// Goal: every bench runs to its end and says what it found in a line that a program can read.
// Method: the program itself in its shortest form; what it measures is not judged.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const RATIOS = {
  rpc: ['cpuVsNatsjs', 'rateVsNatsjs'],
  gateway: ['cpuVsFastify'],
  events: ['rateVsPostgres', 'publishVsJs', 'p50Ms', 'p99Ms'],
  tracing: ['onePercentVsOff', 'fullVsOff'],
  fanout: ['cpuVsFrame1', 'rateVsSocketio', 'rateVsNatsWs', 'p50VsFrame1'],
  feeds: ['cpuVsNetRaw'],
  idle: ['kibPerConnection'],
  connect: ['cpuVsWsAndVerify'],
  resume: ['seconds', 'readsPerClient'],
}

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const SHORTEST = ['--json', '--rounds', '1', '--seconds', '0.3']
const isFull = process.env['MESH_TEST_FULL'] === '1'

test.runIf(isFull).each(Object.entries(RATIOS))('%s ends with its ratios', async (name, ratios) => {
  const args = ['--conditions=@meshboard/source', MAIN, name, ...SHORTEST]
  const env = { ...process.env, BENCH_IN_TEST: '1' }
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  const last = stdout.trimEnd().split('\n').at(-1) ?? ''
  const line = JSON.parse(last) as { bench: string; ratios: Record<string, number>; rounds: number }
  expect(line).toMatchObject({ bench: name, rounds: 1 })
  expect(Object.keys(line.ratios)).toEqual(ratios)
  for (const value of Object.values(line.ratios)) expect(value).toBeGreaterThan(0)
})

test('a bench that does not exist is refused with the names of those that do', async () => {
  const args = ['--conditions=@meshboard/source', MAIN, 'fly']
  const refused = await promisify(execFile)(process.execPath, args).catch((error: unknown) => error)
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^no bench fly\nusage: .*rpc, gateway/s),
  })
})
