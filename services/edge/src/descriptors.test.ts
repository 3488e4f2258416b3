// Goal: an edge never takes more sockets than its process may open.
// Method: a process of its own, started with fewer descriptors than the edge is configured for.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

const allowed = (descriptors: number, connectionsMax: number): number => {
  const module = new URL('descriptors.ts', import.meta.url).pathname
  const script = `
    const { socketsAllowed } = await import('${module}')
    const log = { info: (line) => console.log(JSON.stringify(line)) }
    socketsAllowed({ config: { connectionsMax: ${connectionsMax} }, log })`
  const node = `ulimit -n ${descriptors}; exec "${process.execPath}" --input-type=module -e "$0"`
  const line: unknown = JSON.parse(execFileSync('/bin/sh', ['-c', node, script]).toString())
  return (line as { allowed: number }).allowed
}

test.runIf(process.platform === 'linux')(
  'as many as configured, or as may be opened, and says which',
  () => {
    expect(allowed(1_000, 50_000)).toBe(744)
    expect(allowed(1_000, 100)).toBe(100)
  },
)
