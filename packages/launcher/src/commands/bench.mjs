import { meshNode, sourceArgs } from '../node-runtime.mjs'
import { runInteractive } from '../run-interactive.mjs'
import { withTestServers } from './test.mjs'

/**
 * Runs the benchmarks against servers of their own, as the tests do; arguments go to the program.
 * Resolves with its exit code.
 */
export function bench(workspace, args) {
  return withTestServers(workspace, ({ report }, env) => {
    report.line(`ready: ${report.times()}`)
    const program = [...sourceArgs, `${workspace.root}/e2e/bench/main.ts`, ...args]
    return runInteractive(meshNode(workspace), program, { cwd: workspace.root, env })
  })
}
