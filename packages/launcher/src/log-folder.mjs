import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'

/** Begins new logs; those of the run before are kept beside them as `<name>.log.1`. */
export function beginLogs({ log }) {
  mkdirSync(log, { recursive: true })
  for (const name of readdirSync(log).filter((file) => file.endsWith('.log'))) {
    renameSync(join(log, name), join(log, `${name}.1`))
  }
}
