// Goal: an event that ends the process that handles it is found out, also when the broker gives it up first.
// Method: a consumer in a process of its own that some events kill; it is started again each time, as a supervisor would.
// Shows: M6
import { DEAD_STREAM, earnings } from '@meshboard/contracts'
import { Program, StreamReader, type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newId } from '../src/index.ts'
import { creditOf, storeCredits } from './credits.ts'

const FILE = new URL('crashing-network.ts', import.meta.url)
const DURABLE = ['EVT_EARNINGS', 'network_addPointsOnCredited'] as const
const DEADLY = '6.660000'
let mesh: TestMesh
let streams: StreamReader
let programs: Program[]

beforeEach(async () => {
  mesh = await startTestMesh()
  streams = await StreamReader.open(mesh.nats)
  programs = []
})
afterEach(async () => {
  for (const program of programs) await program.kill()
  await streams.close()
  await mesh.stop()
})

const creditsOf = (count: number) => Array.from({ length: count }, () => creditOf(newId('user')))

const letters = () => streams.read(DEAD_STREAM.name)

/** Keeps it running until something is among the dead letters. */
const superviseUntilDead = async (env: Record<string, string>): Promise<void> => {
  const all = { ...mesh.environmentOf('network'), ...env }
  await until(
    async () => {
      if (programs.at(-1)?.hasEnded ?? true) programs.push(await Program.start(FILE, all))
      return (await letters()).length > 0
    },
    { ms: 40_000, late: 'nothing was given up' },
  )
}

const handled = () =>
  programs.flatMap(({ said }) => [...said.matchAll(/handled (\S+)/g)].map(([, id]) => id))

test('an event that kills its process is given up once it has been begun as often as is allowed', async () => {
  await streams.changeDurable(...DURABLE, { ackWaitMs: 1_000 })
  const well = await storeCredits(mesh, creditsOf(3))
  const deadly = await mesh.store(earnings.events.credited, creditOf(newId('user'), DEADLY))
  well.push(...(await storeCredits(mesh, creditsOf(3))))
  await superviseUntilDead({ DELIVERY_ATTEMPTS_MAX: '4' })
  const [letter] = await letters()
  expect(letter?.headers).toMatchObject({
    'mesh-dead-id': deadly,
    'mesh-dead-kind': 'crashed',
    'mesh-dead-reason': 'begun 4 times and never ended',
  })
  await until(() => well.every((id) => handled().includes(id)))
  expect(await letters()).toHaveLength(1)
}, 60_000)

test('an event that kills its process on the last delivery of the broker is a dead letter all the same', async () => {
  await streams.changeDurable(...DURABLE, { ackWaitMs: 500, deliveriesMax: 2 })
  const user = newId('user')
  const deadly = await mesh.store(earnings.events.credited, creditOf(user, DEADLY))
  await superviseUntilDead({})
  const [letter, ...others] = await letters()
  expect(letter?.headers).toMatchObject({
    'mesh-dead-id': deadly,
    'mesh-dead-kind': 'crashed',
    'mesh-dead-reason': 'given up by the broker after 2 deliveries',
    'mesh-dead-subject': `evt.earnings.ledger.${user}`,
    'mesh-dead-seq': '1',
  })
  expect(letter?.data).toMatchObject({ amount: DEADLY })
  expect(others).toEqual([])
}, 60_000)
