import type { Running, Runtime, Task } from '@meshboard/kit'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import type { Feed } from './feed.ts'

const TICK_MS = 100

/**
 * Compares each watched subject with its stream when that is due: about twice a minute, soon after a
 * client came back, and at once when the broker has come back.
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
      const now = Date.now()
      for (const feed of hub.feeds) if (feed.plan.next <= now) check(feed)
    }, TICK_MS)
    broker.onConnection((connected) => {
      if (!connected) return
      for (const feed of hub.feeds) {
        feed.plan.soon()
        feed.plan.within(0)
      }
    })
    return {
      async stop() {
        clearInterval(timer)
        await Promise.all(checks)
      },
    }
  },
}
