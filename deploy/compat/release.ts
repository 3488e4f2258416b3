import { appendFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContractDescription, EdgeDescription } from '@meshboard/contracts'
import { HISTORY } from './history.ts'
import type { MeshDescription, Reliance } from './mesh-description.ts'

/** Where the last release stands, from the root of the repository. */
export const RELEASED = 'packages/contracts/released'

const EDGE = 'edge-protocol.json'
const RELEASE = 'release.json'
const PAGE = 'README.md'

/** A mesh that others may rely on. */
export interface Release {
  /** Semantic version. */
  readonly version: string
  readonly mesh: MeshDescription
}

/** The last release. Throws when `folder` holds none. */
export const readRelease = async (folder: string): Promise<Release> => {
  const read = async <T>(file: string): Promise<T> =>
    JSON.parse(await readFile(join(folder, file), 'utf8')) as T
  const { version, services } = await read<{ version: string; services: Reliance[] }>(RELEASE)
  const files = (await readdir(folder)).filter((file) => isContract(file)).toSorted()
  const contracts = await Promise.all(files.map((file) => read<ContractDescription>(file)))
  return { version, mesh: { contracts, edge: await read<EdgeDescription>(EDGE), services } }
}

const isContract = (file: string): boolean =>
  file.endsWith('.json') && ![EDGE, RELEASE, HISTORY].includes(file)

/** What was broken knowingly, and why. */
export interface Accepted {
  readonly why: string
  /** What broke, one line each. */
  readonly breaks: readonly string[]
}

/** Makes `mesh` the release that is compared with from now on, and notes down what it breaks. */
export const writeRelease = async (
  folder: string,
  { version, mesh }: Release,
  accepted?: Accepted,
): Promise<void> => {
  const write = (file: string, value: unknown) =>
    writeFile(join(folder, file), `${JSON.stringify(value, null, 2)}\n`)
  await mkdir(folder, { recursive: true })
  const old = (await readdir(folder)).filter(isContract)
  await Promise.all(old.map((file) => rm(join(folder, file))))
  await Promise.all(mesh.contracts.map((contract) => write(`${contract.name}.json`, contract)))
  await write(EDGE, mesh.edge)
  await write(RELEASE, { version, services: mesh.services })
  if (accepted) await appendFile(join(folder, PAGE), noteOf(version, accepted))
}

const noteOf = (version: string, { why, breaks }: Accepted): string =>
  ['', `## ${version}`, '', why, '', ...breaks.map((line) => `- ${line}`), ''].join('\n')

/** Whether `next` may follow on `last`: a version of three numbers, not older. */
export const mayFollow = (next: string, last: string): boolean => {
  if (!/^\d+\.\d+\.\d+$/.test(next)) return false
  return next.localeCompare(last, 'en', { numeric: true }) >= 0
}
