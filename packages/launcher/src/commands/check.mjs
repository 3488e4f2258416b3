import { meshNode, sourceArgs, withOwnTools } from '../node-runtime.mjs'
import { ensurePackages } from '../packages.mjs'
import { Report, seconds } from '../report.mjs'
import { runCommand } from '../run-command.mjs'

const atOnce = 2

/**
 * The quick loop: format, lint, types, generated files, compatibility, unit tests, dead code. Resolves with 1 if
 * one fails.
 */
export async function check(workspace) {
  await ensurePackages(workspace, new Report(process.stderr))
  const waiting = steps(workspace)
  const results = []
  const worker = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift())
      results.push(await runStep(workspace, step))
  }
  const since = performance.now()
  await Promise.all(Array.from({ length: atOnce }, worker))
  const failed = results.filter((ok) => !ok).length
  const verdict = failed === 0 ? 'all is well' : `${failed} of ${results.length} failed`
  console.log(`  ${verdict} after ${seconds(performance.now() - since)}`)
  return failed === 0 ? 0 : 1
}

function steps(workspace) {
  const tool = (name) => `${workspace.bin}/${name}`
  return [
    ['types', tool('tsc'), '-b'],
    ['unit', tool('vitest'), 'run', '--project', 'unit'],
    ['lint', tool('oxlint'), '--type-aware'],
    ['dead code', tool('knip')],
    ['generated', meshNode(workspace), ...sourceArgs, 'deploy/generate.ts', '--check'],
    ['compat', meshNode(workspace), ...sourceArgs, 'deploy/compat.ts'],
    ['format', tool('oxfmt'), '--check', '.'],
  ]
}

async function runStep(workspace, [name, command, ...args]) {
  const since = performance.now()
  const { ok, text } = await runCommand(command, args, {
    cwd: workspace.root,
    env: withOwnTools(workspace),
  })
  console.log(
    `  ${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(11)}${seconds(performance.now() - since).padStart(7)}`,
  )
  if (!ok) console.log(`\n${text.trimEnd()}\n`)
  return ok
}
