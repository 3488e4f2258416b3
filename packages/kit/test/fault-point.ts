import { processEnvironment } from '../src/config.ts'
import type { FaultPoint } from '../src/no-fault-point.ts'

const [armed, nth = '1'] = (processEnvironment()['FP'] ?? '').split(':')
let left = Number(nth)

/**
 * Ends this process as `kill -9` does when it passes the line that `FP=name:nth` names for the nth
 * time. Stands for `#fault-point` under the condition `@meshboard/fault-points`; never built.
 */
export const faultPoint = (point: FaultPoint): void => {
  if (point !== armed) return
  left -= 1
  if (left === 0) process.kill(process.pid, 'SIGKILL')
}
