import { earnings } from '@meshboard/contracts'
import { createMetrics, newId, startService } from '@meshboard/kit'
import type { Received } from '@meshboard/kit'
import { playRole } from '../role.ts'
import { type LedgerDeps, change, effectOnCredited, ledgerService } from '../stand-ins.ts'

interface Setup {
  env: Record<string, string>
  /** Without relay and consumer. */
  alone: boolean
}

interface Flow {
  users: readonly string[]
  inFlight: number
  seconds: number
}

const EVENTS_MAX = 200_000
const DRAIN_MS_MAX = 60_000

/** The clock that all processes of a machine share, milliseconds. */
const now = () => Number(process.hrtime.bigint()) / 1e6

await playRole(async ({ env, alone }: Setup) => {
  let effects = 0
  const running = await startService(
    ledgerService({ alone }, () => (effects += 1)),
    env,
  )
  const deps = running.deps as LedgerDeps

  /** As many changes as fit into the time, each begun when one has ended. */
  const produce = async ({ users, inFlight, seconds }: Flow, each: (userId: string) => unknown) => {
    const end = now() + seconds * 1_000
    let made = 0
    const worker = async () => {
      while (now() < end && made < EVENTS_MAX) {
        made += 1
        await each(users[made % users.length] ?? '')
      }
    }
    await Promise.all(Array.from({ length: inFlight }, worker))
    return made
  }

  /** From the first change to the last effect, through outbox, stream and inbox. */
  const flow = async (given: Flow) => {
    const [began, before] = [now(), effects]
    const events = await produce(given, (userId) => change(deps.database, userId))
    const produced = now()
    while (effects - before < events) {
      if (now() - produced > DRAIN_MS_MAX) throw new Error('the effects did not come')
      await new Promise((resume) => setTimeout(resume, 1))
    }
    return { events, seconds: (now() - began) / 1_000, producing: (produced - began) / 1_000 }
  }

  const { handle } = effectOnCredited(() => undefined)
  const metrics = createMetrics('bench')
  const { log } = running.runtime
  const { signal } = new AbortController()
  const unmeasured = { traceId: '', replay: undefined, log, metrics, signal }

  /** The same two transactions, one after the other, and nothing between them. */
  const bare = async (given: Flow) => {
    const began = now()
    const events = await produce(given, async (userId) => {
      const entryId = await change(deps.database, userId)
      const data = { entry_id: entryId, user_id: userId } as Received<typeof credited>['data']
      const time = new Date().toISOString()
      const received = { id: newId('event'), data, n: 1, time, ...unmeasured }
      await handle(received, deps)
    })
    return { events, seconds: (now() - began) / 1_000, producing: (now() - began) / 1_000 }
  }

  /** So many changes a second, evenly; gives when each was committed. One the database refuses is left out. */
  const paced = async ({ users, perSecond, seconds }: Flow & { perSecond: number }) => {
    const commits: [entryId: string, atMs: number][] = []
    const under: Promise<unknown>[] = []
    const refused = (error: unknown) => void process.stderr.write(`refused: ${String(error)}\n`)
    const [began, all] = [now(), Math.round(perSecond * seconds)]
    for (let index = 0; index < all;) {
      const due = Math.min(all, Math.floor(((now() - began) / 1_000) * perSecond) + 1)
      for (; index < due; index += 1) {
        const committing = change(deps.database, users[index % users.length] ?? '')
        const noted = committing.then((entryId) => commits.push([entryId, now()]))
        under.push(noted.catch(refused))
      }
      await new Promise((resume) => setTimeout(resume, 1))
    }
    await Promise.all(under)
    return commits
  }

  return { orders: { flow, bare, paced }, close: () => running.stop() }
})

const { credited } = earnings.events
