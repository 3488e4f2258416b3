import { type OutboxQuery, readOutboxes, readWaitingKeys } from '@meshboard/db'
import type { Command } from 'commander'
import { nearest } from '../nearest.ts'
import { span } from '../output/amounts.ts'
import { paint } from '../output/paint.ts'
import { numbers, table } from '../output/table.ts'
import { Refusal, UsageFailure } from '../refusal.ts'
import type { Terminal } from '../terminal.ts'
import type { Tools } from '../tools.ts'
import { adminUrl } from '../tools-config.ts'

interface OutboxFlags {
  stuck?: boolean
  json?: boolean
}

/** `mesh outbox`: events that were raised and wait to be sent. */
export const addOutbox = (program: Command, tools: Tools): void => {
  program
    .command('outbox')
    .summary('events that wait to be sent')
    .description('Events that services have raised and their relays have not sent yet.')
    .argument('[service]', 'of this service only')
    .option('--stuck', 'the topics and keys that wait, with the first event of each')
    .option('--json', 'JSON lines')
    .action(async (service: string | undefined, flags: OutboxFlags) => {
      const query = {
        url: adminUrl(tools.terminal.env),
        services: await servicesMeant(service, tools),
      }
      const show = flags.stuck ? showKeys : showServices
      for (const line of await read(() => show(tools.terminal, query, flags)))
        tools.terminal.line(line)
    })
}

const servicesMeant = async (given: string | undefined, tools: Tools): Promise<string[]> => {
  const all = (await tools.services()).filter(({ contract }) => contract).map(({ name }) => name)
  if (given === undefined) return all
  if (all.includes(given)) return [given]
  throw new UsageFailure(`There is no outbox of "${given}". ${nearest(given, all)}`)
}

/** The address of the database is a secret, and in none of its messages. */
const read = async <T>(reading: () => Promise<T>): Promise<T> => {
  try {
    return await reading()
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    const [what, todo] = MISSING.has(code ?? '')
      ? ['has no such outbox', 'Run "npm run mesh -- setup"']
      : ['cannot be read', 'Start the mesh with "npm run up", or set DATABASE_URL to its admin']
    throw new Refusal(`The database ${what} (${message || code}). ${todo}.`, { cause: error })
  }
}

/** Of Postgres: no such table, no such schema. */
const MISSING = new Set(['42P01', '3F000'])

const showServices = async (
  terminal: Terminal,
  query: OutboxQuery,
  { json }: OutboxFlags,
): Promise<string[]> => {
  const found = await readOutboxes(query)
  const bad = paint(terminal, 'bad')
  if (json)
    return found.map(({ service, unsent, oldestAgeS, lastSentAgeS }) =>
      JSON.stringify({ service, unsent, oldest_age_s: oldestAgeS, last_sent_age_s: lastSentAgeS }),
    )
  return table(
    found.map(({ service, unsent, oldestAgeS, lastSentAgeS }) => [
      service,
      unsent > 0 ? bad(String(unsent)) : '0',
      ageOf(oldestAgeS),
      ageOf(lastSentAgeS),
    ]),
    { columns: ['service', numbers('unsent'), numbers('oldest'), numbers('last sent')] },
  )
}

const showKeys = async (
  terminal: Terminal,
  query: OutboxQuery,
  { json }: OutboxFlags,
): Promise<string[]> => {
  const found = await readWaitingKeys(query)
  if (json)
    return found.map((key) =>
      JSON.stringify({
        service: key.service,
        topic: key.topic,
        key: key.key,
        waiting: key.waiting,
        first_event: key.firstEvent,
        first_id: key.firstId,
        first_age_s: key.firstAgeS,
      }),
    )
  if (found.length === 0) return ['Nothing waits.']
  return table(
    found.map((key) => [
      `${key.service}.${key.topic}`,
      key.key,
      String(key.waiting),
      ageOf(key.firstAgeS),
      `${key.firstEvent} ${key.firstId}`,
    ]),
    {
      columns: ['topic', 'key', numbers('waiting'), numbers('oldest'), 'first event'],
      width: terminal.width,
    },
  )
}

const ageOf = (seconds: number | null): string => (seconds === null ? '-' : span(seconds * 1_000))
