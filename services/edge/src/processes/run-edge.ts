import cluster from 'node:cluster'
import { processEnvironment, readConfig, runService } from '@meshboard/kit'
import { processSettings } from '../process-settings.ts'
import { service } from '../service.ts'
import { runChild } from './child.ts'
import { runParent } from './parent.ts'

/** Runs the edge: in this process, or in as many as `EDGE_PROCESSES` says, which this one starts. */
export const runEdge = (): Promise<void> => {
  if (cluster.isWorker) return runChild()
  return wantsSeveral() ? runParent() : runService(service)
}

/** A fault of the configuration is told by whoever reads all of it. */
const wantsSeveral = (): boolean => {
  try {
    const { processes } = processSettings
    return readConfig({ processes }, processEnvironment()).processes > 1
  } catch {
    return false
  }
}
