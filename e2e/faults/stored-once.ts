import { HEADERS, streamName } from '@meshboard/contracts'
import { PROVISIONER } from '@meshboard/kit'
import { StreamReader } from '@meshboard/testkit'
import type { Fleet } from './fleet.ts'

const PUBLISHING = ['auth', 'user', 'network', 'earnings', 'referral', 'notification']

/** Throws unless each event of each outbox is in its stream once, and nothing else is. */
export const expectStoredOnce = async ({ mesh }: Fleet): Promise<void> => {
  const { nats, admin } = mesh
  const password = nats.passwordOf(PROVISIONER)
  const streams = await StreamReader.connect({ url: nats.url, password })
  try {
    for (const service of PUBLISHING) {
      const raised: string[] = await admin(`${service}.outbox`).pluck('id')
      const stored = (await streams.read(streamName(service))).map(
        ({ headers }) => headers[HEADERS.messageId] ?? '',
      )
      const [lost, foreign] = [without(raised, stored), without(stored, raised)]
      if (lost.length > 0 || foreign.length > 0 || stored.length !== raised.length)
        throw new Error(
          `${service}: ${raised.length} raised, ${stored.length} stored; lost ${lost}, not raised ${foreign}`,
        )
    }
  } finally {
    await streams.close()
  }
}

const without = (some: readonly string[], others: readonly string[]): string[] => {
  const known = new Set(others)
  return some.filter((one) => !known.has(one))
}
