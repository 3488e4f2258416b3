// One Ctrl-C can arrive twice: from the terminal and, passed on, from npm.
const sameKeypressMs = 500

/**
 * Calls `stop` at the first SIGINT, SIGTERM or SIGHUP and `kill` at a later one. Both are called
 * once at most.
 */
export function onStopSignals({ stop, kill }) {
  let stoppedAt
  const handle = () => {
    if (stoppedAt === undefined) {
      stoppedAt = performance.now()
      stop()
    } else if (performance.now() - stoppedAt > sameKeypressMs) {
      kill()
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, handle)
}
