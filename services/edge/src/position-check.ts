import { leaderElectedSubject, streamName } from '@meshboard/contracts'
import type { Running, Runtime, Task } from '@meshboard/kit'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import type { Feed } from './feed.ts'
import { uses } from './uses.ts'

const TICK_MS = 100
/** The services whose streams are relayed. */
const RELAYED = [...new Set((uses.channels ?? []).map(({ service }) => service))]

/**
 * Compares each watched subject with its stream when that is due: about twice a minute, soon after a
 * client came back, and at once when the broker has come back or a stream has a new leader. Then
 * copies may have been lost that nothing else tells of.
 */
export const positionCheck: Task<Deps, Config> = {
  name: 'position-check',
  async start({ broker }: Runtime<Config>, { hub }: Deps): Promise<Running> {
    const checks = new Set<Promise<void>>()
    const check = (feed: Feed) => {
      const checking = feed.check().finally(() => checks.delete(checking))
      checks.add(checking)
    }
    const timer = setInterval(() => {
      if (!broker.connected) return
      for (const feed of hub.due(Date.now())) check(feed)
    }, TICK_MS)
    const checkNow = (services: readonly string[]) => {
      for (const { source, plan } of hub) {
        if (!services.includes(source.service)) continue
        plan.soon()
        plan.within(0)
      }
    }
    broker.onConnection((connected) => connected && checkNow(RELAYED))
    const listening = await Promise.all(
      RELAYED.map((service) =>
        broker.subscribe(leaderElectedSubject(streamName(service)), () => checkNow([service])),
      ),
    )
    return {
      async stop() {
        clearInterval(timer)
        await Promise.all(listening.map((subscription) => subscription.stop()))
        await Promise.all(checks)
      },
    }
  },
}
