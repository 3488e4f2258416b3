import { createInterface } from 'node:readline/promises'
import { text as readAll } from 'node:stream/consumers'
import { type Environment, processEnvironment } from '@meshboard/kit'
import { harmless } from './output/harmless.ts'

/** Where a command reads and writes; a test has its own. */
export interface Terminal {
  readonly env: Environment
  /** One line of output: what a pipe gets. */
  line(text: string): void
  /** One line about what goes on, for who looks; never in a pipe. */
  note(text: string): void
  /** Replaces the line it wrote last; nothing where nobody looks. Empty text takes it away. */
  progress(text: string): void
  /** Columns a line may have; `Infinity` in a pipe. */
  readonly width: number
  readonly colours: boolean
  /** Empties the screen before it is drawn anew; nothing in a pipe. */
  clear(): void
  /** Everything on standard input. */
  input(): Promise<string>
  /** Whether a person says yes; undefined when there is none to be asked. */
  confirm(question: string): Promise<boolean> | undefined
  /** Aborts at Ctrl-C or SIGTERM, where a second one ends the process, and when nobody reads any more. */
  readonly signal: AbortSignal
}

/** The terminal of this process. */
export const processTerminal = (): Terminal => {
  const { stdin, stdout, stderr } = process
  const env = processEnvironment()
  const stop = stopSignal()
  return {
    env,
    line: (text) => void stdout.write(`${stdout.isTTY ? harmless(text) : text}\n`),
    note: (text) => void stderr.write(`${stderr.isTTY ? harmless(text) : text}\n`),
    progress: (text) => void (stderr.isTTY && stderr.write(`\r\u001b[K${text}`)),
    clear: () => void (stdout.isTTY && stdout.write('\u001b[2J\u001b[H')),
    // A terminal that does not know its size says 0.
    width: (stdout.isTTY && stdout.columns) || Number.POSITIVE_INFINITY,
    colours: stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    input: () => readAll(stdin),
    confirm: (question) => (stdin.isTTY && stderr.isTTY ? ask(question, stop) : undefined),
    signal: stop,
  }
}

const stopSignal = (): AbortSignal => {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
  // Who reads the output may have had enough of it, as `head` has: what is in hand is finished.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      stop.abort()
    })
  return stop.signal
}

const ask = async (question: string, signal: AbortSignal): Promise<boolean> => {
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `, { signal })).trim())
  } finally {
    reader.close()
  }
}
