import { processEnvironment, readConfig, runService } from '@meshboard/kit'
import { processSettings } from '../process-settings.ts'
import { service } from '../service.ts'
import { type FromChild, STOP } from './messages.ts'

/**
 * Runs as one of several processes, until its parent says stop. A signal stops it, too: a terminal and
 * some supervisors send theirs to every process at once. When the parent is gone it ends at once.
 */
export const runChild = (): Promise<void> => {
  const { process: number } = readConfig({ process: processSettings.process }, processEnvironment())
  const stopping = new AbortController()
  process.on('message', (message) => {
    if (message === STOP) stopping.abort()
  })
  return runService(service, {
    process: String(number),
    signal: stopping.signal,
    onOps: (url) => process.send?.({ ops: url } satisfies FromChild),
  })
}
