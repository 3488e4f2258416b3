import type { Operator } from '@meshboard/kit'
import { type Command, Option } from 'commander'
import { moment, sequences } from '../parsing.ts'
import { Refusal, UsageFailure } from '../refusal.ts'
import type { Terminal } from '../terminal.ts'
import type { Tools } from '../tools.ts'
import { assertKnown } from './known.ts'
import { type Letter, type LetterFilter, readLetter, readLetters } from './letter.ts'

/** The flags that say which letters are meant. */
export interface FilterFlags {
  service?: string
  consumer?: string
  kind?: string
  event?: string
  since?: Date
}

/** What was picked on a command line. */
export interface Picked {
  readonly seqs: readonly number[]
  readonly flags: FilterFlags & { all?: boolean }
}

/** What events are given up for. */
const KINDS = ['undecodable', 'permanent', 'exhausted', 'crashed']

/** Gives a command the flags of `FilterFlags`. */
export const withFilter = (command: Command): Command =>
  command
    .option('--service <name>', 'of this service only')
    .option('--consumer <name>', 'of this consumer only: creditOnX, or earnings.creditOnX')
    .addOption(new Option('--kind <kind>', 'given up for this only').choices(KINDS))
    .option('--event <name>', 'of this event only: earnings.credited')
    .addOption(
      new Option('--since <time>', 'given up since then: 15m, 2h, 3d or a time').argParser(moment),
    )

/** Gives a command arguments and flags to pick letters with. */
export const withSelection = (command: Command): Command =>
  withFilter(
    command.argument('[seq...]', 'positions of letters, as "dead ls" shows them', sequences),
  ).option('--all', 'every letter')

/** The filter that flags mean. Fails when they name two services. */
export const filterOf = ({ consumer, ...flags }: FilterFlags): LetterFilter => {
  const { service, kind, event, since } = flags
  const [, owner = service, name = consumer] = /^([^.]*)\.(.*)$/.exec(consumer ?? '') ?? []
  if (service !== undefined && owner !== service)
    throw new UsageFailure(`--service ${service} and --consumer ${consumer} are of two services.`)
  return {
    ...(owner !== undefined && { service: owner }),
    ...(name !== undefined && { consumer: name }),
    ...(kind !== undefined && { kind }),
    ...(event !== undefined && { event }),
    ...(since !== undefined && { since }),
  }
}

/**
 * The letters picked: by position, else by a filter, else `--all`. Fails when nothing was picked, and
 * when a filter is of nobody.
 */
export async function* selected(
  tools: Tools,
  operator: Operator,
  { seqs, flags }: Picked,
): AsyncGenerator<Letter, void, undefined> {
  const filter = filterOf(flags)
  const filtered = Object.keys(filter).length > 0
  if (seqs.length > 0 && (filtered || flags.all))
    throw new UsageFailure('Name letters by position, or by filters, not by both.')
  if (seqs.length === 0 && !filtered && !flags.all)
    throw new UsageFailure('Say which letters: positions, filters such as --consumer, or --all.')
  await assertKnown(tools, operator, filter)
  if (seqs.length === 0) return yield* readLetters(operator, filter)
  for (const seq of new Set(seqs)) yield await existingLetter(operator, seq)
}

/** One letter; fails when it is not there. */
export const existingLetter = async (operator: Operator, seq: number): Promise<Letter> => {
  const letter = await readLetter(operator, seq)
  if (letter) return letter
  throw new Refusal(`There is no dead letter ${seq}: redriven, discarded, or never there.`)
}

/** The letter that was picked, when it is acted on; a note when somebody else has dealt with it since. */
export const stillThere = async (
  operator: Operator,
  { seq, terminal }: { seq: number; terminal: Terminal },
): Promise<Letter | undefined> => {
  const letter = await readLetter(operator, seq)
  if (!letter) terminal.note(`letter ${seq} is gone: somebody else has dealt with it`)
  return letter
}
