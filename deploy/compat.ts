/**
 * `npm run compat` compares contracts with the last release and names who breaks; it exits with 1
 * when somebody does. `--json` prints the verdict and nothing else. `--release <version>` makes what is now the new
 * release; where that breaks somebody, only with `--accept-breaking "<why>"`, which is noted down.
 * `--folder` names another place for releases.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { allContracts } from '@meshboard/contracts'
import { appendHistory } from './compat/history.ts'
import { type Verdict, judge, lineOf } from './compat/judge.ts'
import { type MeshDescription, describeMesh } from './compat/mesh-description.ts'
import { RELEASED, mayFollow, readRelease, writeRelease } from './compat/release.ts'
import { services } from './src/mesh.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    release: { type: 'string' },
    'accept-breaking': { type: 'string' },
    folder: { type: 'string' },
  },
})
const why = values['accept-breaking']?.trim()
const folder = values.folder ?? fileURLToPath(new URL(`../${RELEASED}`, import.meta.url))

const print = (version: string, { breaks, additions }: Verdict): void => {
  for (const one of breaks) console.log(lineOf(one))
  const counted = `${breaks.length} breaking, ${additions.length} new`
  console.log(`since ${version}: ${counted}`)
  if (breaks.length === 0) for (const line of additions) console.log(`  ${line}`)
}

const main = async (): Promise<number> => {
  const mesh = describeMesh(allContracts, services)
  const isFirst = !existsSync(join(folder, 'release.json'))
  const last = isFirst && values.release ? { version: '0.0.0', mesh } : await readRelease(folder)
  const verdict = judge(last.mesh, mesh)
  if (values.json) console.log(JSON.stringify({ release: last.version, ...verdict }, null, 2))
  else print(last.version, verdict)

  const isBroken = verdict.breaks.length > 0
  if (values.release === undefined) {
    if (isBroken && !values.json) console.log(ADVICE)
    return isBroken ? 1 : 0
  }
  if (!mayFollow(values.release, last.version))
    return refuse(`${values.release} is no version after ${last.version}`)
  if (isBroken && !why)
    return refuse(
      'not released: it breaks somebody. --accept-breaking "<why>" says that they know.',
    )
  await release(values.release, mesh, verdict)
  return 0
}

const release = async (version: string, mesh: MeshDescription, verdict: Verdict): Promise<void> => {
  const { additions } = verdict
  const breaks = verdict.breaks.map(lineOf)
  const accepted = breaks.length > 0 && why ? { why, breaks } : undefined
  const date = new Date().toISOString().slice(0, 10)
  await writeRelease(folder, { version, mesh }, accepted)
  await appendHistory(folder, {
    version,
    date,
    additions,
    breaks,
    ...(accepted && { why: accepted.why }),
  })
  console.log(`released ${version}`)
}

const ADVICE =
  'Put a new major beside it (packages/contracts/README.md), or release it knowingly: npm run compat -- --release <version> --accept-breaking "<why>"'

const refuse = (reason: string): number => {
  console.error(reason)
  return 1
}

process.exitCode = await main()
