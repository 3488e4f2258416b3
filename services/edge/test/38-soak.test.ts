// Goal: an edge that runs on under load takes no more memory, and loses nothing.
// Method: an edge in a process of its own; idle clients, watchers, callers, people who come and go,
// and spoilt conversations; its memory once a second. `npm run test:soak` runs it, an hour or as many
// minutes as it is told.
// Shows: W13
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { processEnvironment } from '@meshboard/kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerDevices } from './answer-device.ts'
import { Crowds } from './crowds.ts'
import { EdgeProcess } from './edge-process.ts'
import { emptySummary } from './empty-summary.ts'
import { EdgeMesh } from './harness.ts'
import { Neighbour } from './neighbour.ts'
import { slopeOf, startTraffic } from './soak-traffic.ts'
import { untilSo } from './until.ts'

const env = processEnvironment()
const MINUTES = Number(env['MESH_SOAK_MINUTES'] ?? 0)
const [CLIENTS, WATCHING, PROCESSES] = [10_000, 500, 2]
const PER_SECOND = Number(env['MESH_SOAK_EVENTS'] ?? 500)
/** The first quarter is warming up. */
const COUNTED = 0.75
/** Below it a slope says nothing. */
const SLOPE_MINUTES = 20
const MIB_A_MINUTE = 1
/** The share of those who come that a shared machine may be too busy for. */
const TURNED_AWAY = 0.001

let mesh: EdgeMesh
let edge: EdgeProcess
let crowds: Crowds
let neighbour: Neighbour
const rss: { minute: number; mib: number }[] = []

/** As many as asked for, or as the descriptors of a process allow. */
const clientsHere = async (): Promise<number> => {
  const limits = await readFile('/proc/self/limits', 'utf8')
  const descriptors = Number(/Max open files\s+(\d+)/.exec(limits)?.[1])
  const wanted = Number(env['MESH_SOAK_CLIENTS'] ?? CLIENTS)
  return Math.min(wanted, Math.floor(descriptors * 0.8))
}

beforeAll(async () => {
  if (MINUTES === 0) return
  const clients = await clientsHere()
  const watching = Math.min(WATCHING, clients) / PROCESSES
  mesh = await EdgeMesh.start()
  mesh.answers['earnings.getSummary'] = emptySummary
  answerDevices(mesh.answers)
  edge = await EdgeProcess.start(mesh, { env: { EDGE_USER_CONNECTIONS_MAX: '1000' } })
  crowds = await Crowds.start(mesh, { clients, processes: PROCESSES, watching })
  await crowds.connect(`${edge.url}/ws/v1`)
  neighbour = await Neighbour.open(mesh, `${edge.url}/ws/v1`)
}, 600_000)
afterAll(async () => {
  if (MINUTES === 0) return
  await neighbour.close()
  await crowds.end()
  await edge.stop()
  await mesh.stop()
})

const measure = async (): Promise<void> => {
  const from = Date.now()
  while (Date.now() - from < MINUTES * 60_000) {
    rss.push({ minute: (Date.now() - from) / 60_000, mib: await edge.rssMib() })
    await sleep(1_000)
  }
}

test.runIf(MINUTES > 0)(
  `in ${MINUTES} minutes it takes less than ${MIB_A_MINUTE} MiB a minute, and loses nothing`,
  async () => {
    const traffic = await startTraffic({
      mesh,
      edge,
      watchers: crowds.watchers,
      perSecond: PER_SECOND,
    })
    const p99Ms = await neighbour.during(50, measure)
    const stored = await traffic.stop()
    await untilSo(async () => (await crowds.fare()).shown >= stored, 30_000)
    const counted = rss.filter(({ minute }) => minute >= MINUTES * (1 - COUNTED))
    const slope = slopeOf(counted.map(({ minute, mib }) => [minute, mib]))
    const fare = await crowds.fare()
    const { visits } = traffic
    const [first, last] = [rss[0]?.mib ?? 0, rss.at(-1)?.mib ?? 0]
    process.stdout.write(
      `soak: ${MINUTES} min, ${fare.open} clients, ${stored} events, RSS ${first.toFixed(0)} to ${last.toFixed(0)} MiB, slope ${slope.toFixed(2)} MiB/min, p99 of calls ${p99Ms.toFixed(0)} ms, ${neighbour.refused.length} of them refused; ${visits.made} visits, ${visits.turnedAway} turned away, ${visits.faults.length} faults\n`,
    )
    expect(fare).toMatchObject({ shown: stored, wrong: 0, gaps: 0, lost: 0 })
    expect(visits.faults).toEqual([])
    expect(visits.turnedAway / visits.made).toBeLessThan(TURNED_AWAY)
    if (MINUTES >= SLOPE_MINUTES) expect(slope).toBeLessThan(MIB_A_MINUTE)
  },
  (MINUTES + 5) * 60_000,
)
