import { spawnChild } from './spawn-child.mjs'

/**
 * Runs a program to its end and gathers what it says. Never rejects for a program that fails or is
 * missing: `ok` says whether it exited with 0, `exit` how it ended, `text` has stdout and stderr in
 * order of arrival.
 */
export async function runCommand(command, args, { timeoutMs, input, ...options } = {}) {
  const child = spawnChild(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
  const closed = new Promise((done) => child.once('close', done))
  const said = { stdout: '', stderr: '', text: '' }
  gather(child.stdout, said, 'stdout')
  gather(child.stderr, said, 'stderr')
  child.stdin?.end(input ?? '')
  const timer = timeoutMs && setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  const endAll = () => endGroup(child)
  process.once('exit', endAll)
  const exit = await child.exited
  process.off('exit', endAll)
  if (!exit.error) await closed
  clearTimeout(timer)
  return { ok: exit.code === 0, exit, ...said }
}

/** The last lines of a text that say something, for a log shown above a failure. */
export function lastLines(text, count = 20) {
  return text
    .split('\n')
    .filter((line) => line.trim())
    .slice(-count)
    .join('\n')
}

function gather(stream, said, name) {
  stream?.setEncoding('utf8')
  stream?.on('data', (chunk) => {
    said[name] += chunk
    said.text += chunk
  })
}

// For a launcher that leaves before the program is done: it, and what it started in turn.
function endGroup({ pid }) {
  try {
    process.kill(-pid, 'SIGTERM')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}
