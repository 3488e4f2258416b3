import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What a process holds: resident bytes as it stands, and once what it no longer needs is collected. */
export interface Memory {
  readonly asItStands: number
  readonly collected: number
}

const COLLECTIONS = 3
const SETTLE_MS = 300

/** Looks at this process, and collects its garbage. */
export const lookAtMemory = async (): Promise<Memory> => {
  const asItStands = process.memoryUsage.rss()
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let count = 0; count < COLLECTIONS; count += 1) {
    collect()
    await new Promise((resume) => setTimeout(resume, SETTLE_MS))
  }
  return { asItStands, collected: process.memoryUsage.rss() }
}
