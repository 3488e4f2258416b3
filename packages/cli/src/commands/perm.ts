import type { Allowed, Service } from '@meshboard/kit'
import type { Command } from 'commander'
import { type Attempt, type Right, explainRights, rightsFor } from '../explained-rights.ts'
import { nearest } from '../nearest.ts'
import { table } from '../output/table.ts'
import { Refusal, UsageFailure } from '../refusal.ts'
import type { Tools } from '../tools.ts'

interface PermFlags {
  explain: string
  json?: boolean
}

const BECAUSE_MAX = 3
/** What a subject is made of, with wildcards: no blank, no empty token. */
const SUBJECT = /^[^\s.]+(\.[^\s.]+)*$/

/** `mesh perm --explain`: what a service may do on the broker, and why. */
export const addPerm = (program: Command, tools: Tools): void => {
  program
    .command('perm')
    .summary('what a service may do on the broker, and why')
    .description(
      'What a service may do on the broker, and which use, consumer or contract gives it the right. ' +
        'With a subject: whether that is allowed, and by which right (exit code 1 when not).',
    )
    .argument('[verb]', 'publish or subscribe')
    .argument('[subject]', 'a subject, with wildcards if need be')
    .argument('[queue]', 'the queue group of a subscription')
    .requiredOption('--explain <service>', 'whose rights')
    .option('--json', 'JSON lines, one a right')
    .action(async (verb?: string, subject?: string, queue?: string, flags?: PermFlags) => {
      if (!flags) return
      const rights = explainRights(toRights(await tools.services(), flags.explain))
      const attempt = attemptOf({ verb, subject, queue })
      print(tools, attempt ? rightsFor(rights, attempt) : rights, flags)
      if (!attempt) return
      const allowed = rightsFor(rights, attempt).length > 0
      if (!allowed) throw new Refusal(refused(flags.explain, attempt))
    })
}

const toRights = (services: readonly Service[], name: string) => {
  const service = services.find((one) => one.name === name)
  if (service) return { ...service, service: service.name }
  const names = services.map((one) => one.name)
  throw new UsageFailure(`There is no service "${name}". ${nearest(name, names)}`)
}

const attemptOf = (given: {
  verb: string | undefined
  subject: string | undefined
  queue: string | undefined
}): Attempt | undefined => {
  const { verb, subject, queue } = given
  if (verb === undefined) return undefined
  if (!isVerb(verb)) throw new UsageFailure(`"${verb}" is neither publish nor subscribe.`)
  if (subject === undefined) throw new UsageFailure(`Say what to ${verb}: a subject.`)
  if (!SUBJECT.test(subject)) throw new UsageFailure(`"${subject}" is no subject.`)
  return { verb, subject, ...(queue !== undefined && { queue }) }
}

const isVerb = (text: string): text is keyof Allowed => text === 'publish' || text === 'subscribe'

const print = (
  { terminal }: Tools,
  rights: readonly Right[],
  { json }: { json?: boolean },
): void => {
  const lines = json
    ? rights.map((right) => JSON.stringify({ ...right, queue: right.queue ?? null }))
    : table(
        rights.map(({ verb, subject, queue, because }) => [
          verb,
          queue === undefined ? subject : `${subject} as ${queue}`,
          short(because),
        ]),
        { columns: ['verb', 'subject', 'because'], width: terminal.width },
      )
  for (const line of lines) terminal.line(line)
}

const short = (because: readonly string[]): string =>
  because.length <= BECAUSE_MAX
    ? because.join('; ')
    : `${because.slice(0, BECAUSE_MAX).join('; ')}; and ${because.length - BECAUSE_MAX} more`

const refused = (service: string, { verb, subject, queue }: Attempt): string =>
  `${service} may not ${verb} ${subject}${queue === undefined ? '' : ` as ${queue}`}: no right of it covers that.`
