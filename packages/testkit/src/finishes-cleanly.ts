import type { RunningService } from '@meshboard/kit'

/**
 * Waits until nothing is on its way and stops the services. Throws when an event or a delivery is
 * left; connections left open show when the file's database is dropped, which then is refused.
 */
export const finishesCleanly = async (parts: {
  settled: () => Promise<void>
  services: readonly RunningService[]
}): Promise<void> => {
  try {
    await parts.settled()
  } finally {
    for (const service of parts.services) await service.stop()
  }
}
