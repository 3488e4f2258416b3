import { setTimeout as sleep } from 'node:timers/promises'
import { CLOSE_CODES } from '@meshboard/contracts'
import { conversationOf, enrollPeople } from './conversations.ts'
import { converse, faultIn } from './converse.ts'
import type { EdgeProcess } from './edge-process.ts'
import type { EdgeMesh } from './harness.ts'
import { spoilTexts } from './mutations.ts'
import { Random } from './random.ts'
import { Secrets } from './secrets.ts'

interface Setting {
  mesh: EdgeMesh
  edge: EdgeProcess
  /** Whose events are published, in turn. */
  watchers: readonly string[]
  /** Events. */
  perSecond: number
}

/** How those fared who came and went. */
interface Visits {
  made: number
  /** Whose login a busy machine could not judge: they were told to come back. */
  turnedAway: number
  readonly faults: string[]
}

/** What goes on around the edge until it is stopped. */
export interface Traffic {
  readonly visits: Readonly<Visits>
  /** Ends it; gives how many events were stored. */
  stop(): Promise<number>
}

const TICK_MS = 20
const VISITS_MS = 100
const FAULT_MS = 10_000

/** Publishes events at a steady rate, and has good and spoilt conversations in turn. */
export const startTraffic = async (setting: Setting): Promise<Traffic> => {
  const visits: Visits = { made: 0, turnedAway: 0, faults: [] }
  const over = new AbortController()
  const publishing = publish(setting, over.signal).catch((error: unknown) => {
    visits.faults.push(String(error))
    return 0
  })
  const visiting = visit(setting, over.signal, visits)
  return {
    visits,
    async stop() {
      over.abort()
      await visiting
      return publishing
    },
  }
}

const publish = async (
  { mesh, watchers, perSecond }: Setting,
  signal: AbortSignal,
): Promise<number> => {
  const ledgers = await Promise.all(watchers.map((userId) => mesh.ledger(userId)))
  const from = Date.now()
  let stored = 0
  while (!signal.aborted) {
    const due = Math.min(((Date.now() - from) / 1000) * perSecond - stored, ledgers.length)
    const turn = Array.from({ length: Math.max(0, Math.floor(due)) }, (_, index) => stored + index)
    await Promise.all(turn.map(async (place) => ledgers[place % ledgers.length]?.credit()))
    stored += turn.length
    await sleep(TICK_MS)
  }
  return stored
}

const visit = async (
  { mesh, edge }: Setting,
  signal: AbortSignal,
  visits: Visits,
): Promise<void> => {
  const secrets = new Secrets()
  const people = enrollPeople(mesh, secrets, 50)
  for (let seed = 1; !signal.aborted; seed += 1) {
    const random = new Random(seed)
    const { head, texts } = conversationOf({ random, person: random.pick(people), secrets })
    const outcome = await converse(edge.port, {
      head,
      texts: (greeting) => (seed % 2 ? texts(greeting) : spoilTexts(random, texts(greeting))),
      toBytes: (frames) => frames,
    })
    visits.made += 1
    const isTurnedAway = outcome.code === CLOSE_CODES.overload.code
    const fault = isTurnedAway ? undefined : faultIn(outcome, FAULT_MS)
    if (isTurnedAway) visits.turnedAway += 1
    if (fault !== undefined) visits.faults.push(`${seed}: ${fault}`)
    await sleep(VISITS_MS)
  }
}

/** The slope of the line that fits best. */
export const slopeOf = (points: readonly (readonly [x: number, y: number])[]): number => {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))]
  const above = mean(points.map(([x, y]) => (x - meanX) * (y - meanY)))
  return above / mean(points.map(([x]) => (x - meanX) ** 2))
}
