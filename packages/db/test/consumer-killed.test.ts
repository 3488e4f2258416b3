// Goal: a process that is killed after an effect and before its acknowledgement has that effect once.
// Method: a consumer in a process of its own that kills itself there, and is started again.
// Shows: M5
import { earnings } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { Program, StreamReader, type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { effectsIn, makeEffects } from './effects.ts'
import { SEED, creditOf, isFull, seededRandom } from './fake-network.ts'

const KILLS = isFull ? 100 : 6
/** Fewer than there are kills, so that an event which is only near them runs out of attempts. */
const ATTEMPTS_MAX = isFull ? 10 : 5
const EVENTS = 12 * KILLS
const FILE = new URL('killed-network.ts', import.meta.url)
let mesh: TestMesh
let streams: StreamReader

beforeAll(async () => {
  mesh = await startTestMesh()
  streams = await StreamReader.open(mesh.nats)
  await makeEffects(mesh)
  await mesh.brokerOf('earnings')
})
afterAll(async () => {
  await streams.close()
  await mesh.stop()
})

const isDone = async () => {
  const { pending, inHand } = await streams.durable('EVT_EARNINGS', 'network_addPointsOnCredited')
  return pending + inHand === 0
}

test(
  `after ${KILLS} kills between effect and acknowledgement each event has had one effect (seed ${SEED})`,
  async () => {
    await streams.changeDurable('EVT_EARNINGS', 'network_addPointsOnCredited', { ackWaitMs: 1_000 })
    const random = seededRandom()
    const ids = await Promise.all(
      Array.from({ length: EVENTS }, () =>
        mesh.store(earnings.events.credited, creditOf(newId('user'))),
      ),
    )
    let kills = 0
    let program: Program | undefined
    await until(
      async () => {
        if (program === undefined || program.hasEnded) {
          const isLast = kills === KILLS
          if (!isLast) kills += 1
          const killAfter = isLast ? 0 : 1 + Math.floor(random() * 10)
          const env = {
            ...mesh.environmentOf('network'),
            KILL_AFTER: String(killAfter),
            DELIVERY_ATTEMPTS_MAX: String(ATTEMPTS_MAX),
          }
          program = await Program.start(FILE, env)
        }
        return kills === KILLS && !program.hasEnded && (await isDone())
      },
      { ms: KILLS * 5_000 + 20_000, late: 'events are left' },
    )
    await program?.kill()
    expect((await effectsIn(mesh)).toSorted()).toEqual(ids.toSorted())
  },
  KILLS * 6_000 + 40_000,
)
