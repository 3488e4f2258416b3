import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A committed file, or part of one, that follows from the code. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string
  /** The whole text. `current` is the text that is there; undefined when there is none. */
  content(current: string | undefined): string | Promise<string>
  /** What would break if `current` were overwritten, one sentence each; then it is kept. */
  breaks?(current: string): string[]
}

/** `breaking` ones are also out of date. */
export interface GeneratedState {
  readonly path: string
  readonly state: 'current' | 'out_of_date' | 'breaking'
  /** With `breaking`: one sentence for each break. */
  readonly breaks: readonly string[]
}

interface GenerateOptions {
  /** The repository. */
  root: string
  files: readonly GeneratedFile[]
  /** Writes what is out of date; otherwise only looks. */
  write: boolean
  /** Writes over what breaks, too. */
  acceptBreaking?: boolean
}

/** Brings files up to date one after the other, and says how each was found. Deletes nothing. */
export const generate = async (options: GenerateOptions): Promise<GeneratedState[]> => {
  const states: GeneratedState[] = []
  for (const file of options.files) states.push(await generateOne(file, options))
  return states
}

const generateOne = async (
  file: GeneratedFile,
  { root, write, acceptBreaking = false }: GenerateOptions,
): Promise<GeneratedState> => {
  const { path } = file
  const target = join(root, path)
  const current = await readIfThere(target)
  const next = await file.content(current)
  if (next === current) return { path, state: 'current', breaks: [] }

  const breaks = current === undefined ? [] : (file.breaks?.(current) ?? [])
  if (write && (breaks.length === 0 || acceptBreaking)) {
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, next)
  }
  return { path, state: breaks.length > 0 ? 'breaking' : 'out_of_date', breaks }
}

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
