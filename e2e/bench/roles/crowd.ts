import { Announcer, type Topics } from '../announcer.ts'
import { Audience, type Opening } from '../audience.ts'
import { BareNats } from '../bare-nats.ts'
import { playRole } from '../role.ts'

interface Broker {
  url: string
  user?: string
  password?: string
}

/** A load: so many messages in flight, or so many deliveries a second, evenly. */
interface Load {
  seconds: number
  inFlight?: number
  deliveriesPerSecond?: number
}

const STAMPS = 1 << 20
const LATENCIES_MAX = 1 << 21
const DRAIN_MS_MAX = 20_000
const PACE_MS = 1
/** No more is under way, however late: a machine that has no time for it is not to be flooded. */
const BACKLOG_SECONDS = 0.25

const pause = (ms: number) => new Promise((resume) => setTimeout(resume, ms))

/** Many sockets, and who publishes what they get: one clock for both. */
await playRole(() => {
  const audience = new Audience()
  const stamps = new Float64Array(STAMPS)
  const latencies = new Float64Array(LATENCIES_MAX)
  let announcer: Announcer | undefined
  let [published, delivered, measured, seats] = [0, 0, 0, 0]
  let next: () => void = () => undefined

  const announce = () => {
    stamps[published % STAMPS] = performance.now()
    published += 1
    announcer?.next()
  }

  /** Of each message one goes to every socket of its user, in order: so its number tells when it left. */
  audience.onHeard = (seat, heard, marks) => {
    const now = performance.now()
    const users = announcer?.users ?? 1
    for (let number = heard - marks; number < heard; number += 1) {
      const index = number * users + (seat % users)
      latencies[measured % LATENCIES_MAX] = now - (stamps[index % STAMPS] ?? now)
      measured += 1
    }
    delivered += marks
    next()
  }

  const open = async (opening: Opening & { broker?: Broker; topics: Topics }) => {
    if (opening.broker)
      announcer = new Announcer(await BareNats.connect(opening.broker), opening.topics)
    await audience.open(opening)
    seats = opening.each.length
  }

  const deliveriesEach = () => seats / (announcer?.users ?? 1)

  /** Waits until all that was published has arrived. Throws when something is lost. */
  const drained = async () => {
    const all = published * deliveriesEach()
    const end = performance.now() + DRAIN_MS_MAX
    while (delivered < all) {
      if (performance.now() > end) throw new Error(`${delivered} of ${all} have arrived`)
      await pause(PACE_MS)
    }
    if (delivered > all) throw new Error(`${delivered} have arrived, ${all} were expected`)
  }

  const closedLoop = async ({ inFlight = 1, seconds }: Load) => {
    const each = deliveriesEach()
    const end = performance.now() + seconds * 1_000
    next = () => {
      while (published - delivered / each < inFlight && performance.now() < end) announce()
    }
    next()
    await pause(seconds * 1_000)
    next = () => undefined
  }

  const evenly = async ({ deliveriesPerSecond = 1, seconds }: Load) => {
    const each = deliveriesEach()
    const perMs = deliveriesPerSecond / each / 1_000
    const underWayMax = Math.max(1, (deliveriesPerSecond * BACKLOG_SECONDS) / each)
    const [began, before] = [performance.now(), published]
    for (let now = began; now < began + seconds * 1_000; now = performance.now()) {
      const due = Math.floor((now - began) * perMs) + 1
      const late = before + due - published
      const room = underWayMax - (published - delivered / each)
      for (let left = Math.min(late, room); left >= 1; left -= 1) announce()
      await pause(PACE_MS)
    }
  }

  const load = async (given: Load) => {
    const before = delivered
    measured = 0
    const began = performance.now()
    await (given.inFlight === undefined ? evenly(given) : closedLoop(given))
    await drained()
    const seconds = (performance.now() - began) / 1_000
    const sorted = latencies.slice(0, Math.min(measured, LATENCIES_MAX)).sort()
    const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
    return { deliveries: delivered - before, seconds, p50Ms: at(0.5), p99Ms: at(0.99) }
  }

  const drop = () => {
    audience.drop()
    seats = 0
  }
  return Promise.resolve({ orders: { open, load, drop }, close: () => Promise.resolve(drop()) })
})
