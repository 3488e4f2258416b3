// Goal: a reader that has had enough stops an act between two letters, and a look quietly.
// Method: child processes against a real broker, whose output is closed after its first line.
import { HEADERS, network } from '@meshboard/contracts'
import { encodeJson, newId } from '@meshboard/kit'
import { until } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type BrokerAlone, startBrokerAlone } from './broker-alone.ts'
import { accrual, bury, operatorEnvironment, startProcess } from './cli.ts'

const LETTERS = 40
let mesh: BrokerAlone

beforeEach(async () => {
  mesh = await startBrokerAlone()
})
afterEach(() => mesh.stop())

test('a redrive nobody reads any more ends between two letters and says what is left', async () => {
  for (let n = 0; n < LETTERS; n += 1) await bury(mesh)
  const args = 'dead redrive --all --yes --json --rate 20 --reason mended'.split(' ')
  const redrive = startProcess(args, operatorEnvironment(mesh))
  await until(() => Promise.resolve(redrive.lines.length > 0))
  redrive.stopReading()
  expect(await redrive.ended).toBe(1)
  const errors = redrive.errors.join('\n')
  expect(errors).toMatch(/Broken off: \d+ of 40 redriven, \d+ others untouched\./)
  const redriven = Number(/(\d+) of/.exec(errors)?.[1])
  expect(redriven).toBeLessThan(LETTERS)
  expect(await mesh.streams.read('REDRIVE')).toHaveLength(redriven)
  expect(await mesh.streams.read('AUDIT')).toHaveLength(redriven)
  expect(await mesh.streams.read('DEAD')).toHaveLength(LETTERS - redriven)
})

test('a tail nobody reads any more ends quietly', async () => {
  const tail = startProcess(['tail', '--json'], operatorEnvironment(mesh))
  let code: number | null | undefined
  void tail.ended.then((ended) => (code = ended))
  await until(() => raise().then(() => tail.lines.length > 0))
  tail.stopReading()
  await until(() => raise().then(() => code !== undefined))
  expect({ code, errors: tail.errors }).toEqual({ code: 0, errors: [] })
})

const raise = async () => {
  const broker = await mesh.brokerOf('network')
  const user = newId('user')
  await broker.store('EVT_NETWORK', `evt.network.uptime.${user}`, encodeJson(accrual(user)), {
    id: newId('event'),
    headers: { [HEADERS.event]: network.events.uptimeAccrued.name, [HEADERS.n]: '1' },
    deadline: Date.now() + 5_000,
  })
}
