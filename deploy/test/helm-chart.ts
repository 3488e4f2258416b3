import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { outsideTool } from '@meshboard/testkit'
import { chart } from './helm-objects.ts'

const run = promisify(execFile)

/** Where `helm` is, if it is here. */
export const helm = outsideTool('helm')

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

/** Throws with what helm finds wrong. */
export const lint = (options: RenderOptions = {}): Promise<string> =>
  call('lint', '--strict', ...argumentsOf(options))

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
