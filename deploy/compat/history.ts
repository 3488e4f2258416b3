import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the releases so far stand, in the folder of the last one. */
export const HISTORY = 'history.json'

/** What one release changed. */
export interface HistoryEntry {
  /** Semantic version; the same again where a release was made twice. */
  readonly version: string
  /** The day, `2026-11-21`. */
  readonly date: string
  /** What was new and broke nobody, one sentence each. */
  readonly additions: readonly string[]
  /** What was broken knowingly, one line each. */
  readonly breaks: readonly string[]
  /** Why, where something was broken. */
  readonly why?: string
}

/** The releases so far, the oldest first; none where nobody has written them down. */
export const readHistory = async (folder: string): Promise<HistoryEntry[]> => {
  try {
    return JSON.parse(await readFile(join(folder, HISTORY), 'utf8')) as HistoryEntry[]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Writes down one release more. */
export const appendHistory = async (folder: string, entry: HistoryEntry): Promise<void> => {
  const history = [...(await readHistory(folder)), entry]
  await writeFile(join(folder, HISTORY), `${JSON.stringify(history, null, 2)}\n`)
}
