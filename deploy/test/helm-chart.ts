import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { outsideTool } from '@meshboard/testkit'
import { parseAllDocuments } from 'yaml'

const run = promisify(execFile)

/** The chart of the repository. */
export const chart = fileURLToPath(new URL('../helm/meshboard', import.meta.url))

/** Where `helm` is, if it is here. */
export const helm = outsideTool('helm')

/** An object of Kubernetes, as far as these tests look into it. */
export interface KubernetesObject {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly data?: Readonly<Record<string, string>>
  readonly stringData?: Readonly<Record<string, string>>
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly spec?: any
}

interface RenderOptions {
  /** Files with values, the later ones first; of `ci/` when they have no `/`. */
  files?: readonly string[]
  /** Further values, as JSON. */
  values?: Readonly<Record<string, unknown>>
  release?: string
  /** Another chart than the repository's. */
  chart?: string
}

/** Values given in the text of a command line. */
const asValues = (values: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(values).flatMap(([key, value]) => [
    '--set-json',
    `${key}=${JSON.stringify(value)}`,
  ])

const argumentsOf = ({ files = [], values = {}, ...options }: RenderOptions): string[] => [
  options.chart ?? chart,
  ...files.flatMap((file) => ['--values', file.includes('/') ? file : join(chart, 'ci', file)]),
  ...asValues(values),
  ...['--namespace', 'mesh'],
]

const call = async (...args: string[]): Promise<string> => {
  const { stdout } = await run(helm ?? 'helm', args, { maxBuffer: 64 << 20 })
  return stdout
}

/** What would be installed, as text. Throws with what helm says. */
export const renderText = (options: RenderOptions = {}): Promise<string> =>
  call('template', options.release ?? 'meshboard', ...argumentsOf(options))

/** What would be installed. */
export const render = async (options: RenderOptions = {}): Promise<KubernetesObject[]> =>
  parseAllDocuments(await renderText(options))
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null)

/** Throws with what helm finds wrong. */
export const lint = (options: RenderOptions = {}): Promise<string> =>
  call('lint', '--strict', ...argumentsOf(options))

/** The values files that the chart is tried with. */
export const valuesFiles = async (): Promise<string[]> =>
  (await readdir(join(chart, 'ci'))).toSorted()

/** A copy of the chart, to be changed; removed at the end of the block. */
export const copyOfChart = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chart-'))
  await cp(chart, folder, { recursive: true })
  return {
    folder,
    async write(path: string, text: string) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

/** A file with values; removed at the end of the block. */
export const valuesFile = async (values: unknown) => {
  const folder = await mkdtemp(join(tmpdir(), 'values-'))
  const path = join(folder, 'values.yaml')
  await writeFile(path, JSON.stringify(values))
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}
