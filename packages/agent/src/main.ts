#!/usr/bin/env node
import { Failure } from '@meshboard/client'
import { fetchToken } from './account.ts'
import { type Order, readOrder } from './options.ts'
import { jsonReport, type Report } from './report.ts'
import { TextReport } from './report-text.ts'
import { run } from './run.ts'

/** The most a stop may take, milliseconds; what is not done by then is left. */
const STOP_TIMEOUT_MS = 2_500

const main = async ({ task, options }: Order): Promise<void> => {
  const report = reportOf({ task, options })
  const stop = new AbortController()
  const { signal } = stop
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
  if (options.for !== undefined) setTimeout(() => stop.abort(), options.for * 1_000).unref()
  signal.addEventListener('abort', () => setTimeout(() => process.exit(0), STOP_TIMEOUT_MS).unref())
  try {
    if (task === 'token') process.stdout.write(`${await fetchToken(options, { report, signal })}\n`)
    else await run(options, { report, signal })
    if (task === 'run') report({ event: 'stopped' })
  } catch (error) {
    if (signal.aborted) return report({ event: 'stopped' })
    process.exitCode = 1
    report({ event: 'error', ...wordsOf(error) })
  }
}

/** A token is all that may be on standard output when one is asked for. */
const reportOf = ({ task, options }: Order): Report => {
  const writeError = (text: string): boolean => process.stderr.write(text)
  const write = (text: string): boolean =>
    task === 'token' ? writeError(text) : process.stdout.write(text)
  return options.json ? jsonReport(write) : new TextReport(write, writeError).tell
}

const wordsOf = (error: unknown): { code: string; message: string } => {
  if (!(error instanceof Failure)) {
    return { code: 'internal', message: error instanceof Error ? `${error.stack}` : String(error) }
  }
  const { code, message } = error
  const hint = code === 'unknown_key' ? ' Start once with --register <handle>.' : ''
  return { code, message: `${message}${hint}` }
}

await main(readOrder(process.argv))
