// Goal: a reader that has had enough stops an act between two letters, and a look quietly.
// Method: child processes against a real broker, whose output is closed after its first line.
import { until } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type BrokerAlone, startBrokerAlone } from './broker-alone.ts'
import { bury, operatorEnvironment, startProcess } from './cli.ts'

const LETTERS = 40
let mesh: BrokerAlone

beforeEach(async () => {
  mesh = await startBrokerAlone()
  for (let n = 0; n < LETTERS; n += 1) await bury(mesh)
})
afterEach(() => mesh.stop())

/** Runs `mesh …`, of which one line is read, as by `head -1`. */
const readOnce = async (args: string) => {
  const run = startProcess(args.split(' '), operatorEnvironment(mesh))
  await until(() => Promise.resolve(run.lines.length > 0))
  run.stopReading()
  return { code: await run.ended, errors: run.errors.join('\n') }
}

test('a redrive nobody reads any more ends between two letters and says what is left', async () => {
  const { code, errors } = await readOnce('dead redrive --all --yes --json --rate 20 --reason x')
  expect(code).toBe(1)
  expect(errors).toMatch(/Broken off: \d+ of 40 redriven, \d+ others untouched\./)
  const redriven = Number(/(\d+) of/.exec(errors)?.[1])
  expect(redriven).toBeLessThan(LETTERS)
  expect(await mesh.streams.read('REDRIVE')).toHaveLength(redriven)
  expect(await mesh.streams.read('AUDIT')).toHaveLength(redriven)
  expect(await mesh.streams.read('DEAD')).toHaveLength(LETTERS - redriven)
})

test.each(['dead ls', 'dead ls --json', 'dead log'])(
  'a look nobody reads any more ends quietly: mesh %s',
  async (args) => {
    expect(await readOnce(args)).toEqual({ code: 0, errors: '' })
  },
)
