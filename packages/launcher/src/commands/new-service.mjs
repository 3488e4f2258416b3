import { relinkPackages } from '../packages.mjs'
import { Report } from '../report.mjs'
import { runCommand } from '../run-command.mjs'
import { runSourceProgram } from '../source-program.mjs'
import { StartFailure } from '../start-failure.mjs'
import { generate } from './programs.mjs'

const lists = ['packages/contracts/src', 'deploy', 'tsconfig.json', 'tsconfig.test.json']

/**
 * Writes a service of the common shape, links it as a package and writes the generated files anew.
 * Resolves with 1, and has written nothing, for a name that a service cannot have.
 */
export async function newService(workspace, args) {
  const written = await runSourceProgram(workspace, 'packages/scaffold/src/main.ts', args)
  if (written !== 0) return written
  const [name] = args
  const service = `services/${name}`
  await relinkPackages(workspace, new Report(process.stderr))
  await format(workspace, [service, ...lists])
  const generated = await generate(workspace, [])
  if (generated !== 0) return generated
  console.log(`  ${service} is a part of the mesh: \`npm run check\`, then \`npm run up\``)
  console.log(`  begin with packages/contracts/src/${name}.ts and ${service}/src/service.ts`)
  return 0
}

async function format({ root, bin }, paths) {
  const { ok, text } = await runCommand(`${bin}/oxfmt`, paths, { cwd: root })
  if (!ok) throw new StartFailure('cannot format what was written.', { tail: text })
}
