// Goal: a crash at the worst line of a change loses nothing and counts nothing twice.
// Method: network and earnings as processes that end themselves at a named line, under load; then the ledger against the streams.
// Shows: L4
import { StreamReader, type TestMesh, isQuiet, startTestMesh, until } from '@meshboard/testkit'
import type { FaultPoint } from '@meshboard/kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectNothingLost } from './store-audit.ts'
import { StoreLoad } from './store-load.ts'
import { StoreProcess } from './store-process.ts'

const FULL = process.env['MESH_TEST_FULL'] === '1'
const SERVICES = ['network', 'earnings'] as const
type Name = (typeof SERVICES)[number]
const DEVICES = 8
const KILLS_EACH = FULL ? 25 : 1

/** Each line once; in the full run every line of both that it has. */
const REDUCED: Record<Name, FaultPoint[]> = {
  network: [
    'before-begin',
    'after-commit-before-reply',
    'before-publish',
    'after-effect-before-ack',
  ],
  earnings: ['after-effect', 'before-commit', 'after-publish-before-mark', 'after-ack'],
}
const BOTH: FaultPoint[] = [
  'before-begin',
  'after-effect',
  'before-commit',
  'before-publish',
  'after-publish-before-mark',
  'after-effect-before-ack',
  'after-ack',
]
const POINTS: Record<Name, FaultPoint[]> = FULL
  ? { network: [...BOTH, 'after-commit-before-reply'], earnings: BOTH }
  : REDUCED

let mesh: TestMesh
let streams: StreamReader
beforeAll(async () => {
  mesh = await startTestMesh({ dedupeMs: 600_000 })
  streams = await StreamReader.open(mesh.nats)
  await streams.redeliverAfter(1_000, SERVICES)
})
afterAll(async () => {
  for (const process of processes) await process.stop()
  await streams.close()
  await mesh.stop()
})

const processes: StoreProcess[] = []
const start = (name: string, env: Record<string, string> = {}): StoreProcess => {
  const started = new StoreProcess(mesh, name, {
    env: { NETWORK_ACCRUAL_PERIOD_MS: '1000', NETWORK_SILENCE_MS: '3600000', ...env },
  })
  processes.push(started)
  return started
}

/**
 * Starts the service again and again, to die at each of its lines; then for good. Line by line in each
 * round, since the other one waits for what only some of them let through.
 */
const dieAtEach = async (name: Name): Promise<void> => {
  for (let kill = 0; kill < KILLS_EACH; kill += 1) {
    for (const point of POINTS[name]) {
      const doomed = start(name, { FP: `${point}:${1 + (kill % 3)}` })
      const late = setTimeout(() => void doomed.stop(), 60_000)
      const end = await doomed.ended
      clearTimeout(late)
      expect(end, `${name} at ${point}\n${doomed.log}`).toBe('SIGKILL')
    }
  }
  start(name)
}

const isSettled = () =>
  isQuiet({ database: mesh.admin, streams, services: SERVICES, stateful: SERVICES })

test(
  'killed at each line between a call and its last effect, nothing is lost and nothing counts twice',
  async () => {
    const load = await StoreLoad.start(mesh, DEVICES)
    await Promise.all(SERVICES.map(dieAtEach))
    await load.answersAgain(30_000)
    const acknowledged = await load.stop()
    await until(isSettled, { ms: 60_000, late: 'events are still on their way' })
    expect(acknowledged).toHaveLength(DEVICES)
    expect(load.wrong).toEqual([])
    await expectNothingLost({ mesh, streams }, acknowledged)
  },
  FULL ? 3_600_000 : 120_000,
)
