import { type Service, contractHash } from '@meshboard/kit'
import type { Command } from 'commander'
import { type Instance, findInstances } from '../discovery.ts'
import { counted } from '../output/amounts.ts'
import { paint } from '../output/paint.ts'
import { numbers, table } from '../output/table.ts'
import { Refusal } from '../refusal.ts'
import type { Terminal } from '../terminal.ts'
import { type Tools, withOperator } from '../tools.ts'

interface ServicesFlags {
  check?: boolean
  json?: boolean
}

/** An instance, or a service of this build that has none; `contract`: how its contract compares. */
interface Line {
  readonly service: string
  readonly instance: Instance | undefined
  readonly contract: 'same' | 'other' | 'unknown'
}

/** `mesh services`: what runs. */
export const addServices = (program: Command, tools: Tools): void => {
  program
    .command('services')
    .summary('what runs')
    .description(
      'Every instance that answers to discovery (ADR-32), and the services of this build that do not.',
    )
    .option('--check', 'exit code 1 when a service does not answer or has another contract')
    .option('--json', 'JSON lines, one an instance')
    .action((flags: ServicesFlags) => services(tools, flags))
}

const services = async (tools: Tools, flags: ServicesFlags): Promise<void> => {
  const { terminal } = tools
  const built = await tools.services()
  await withOperator(tools, async (operator) => {
    const lines = compare(await findInstances(operator), built)
    if (flags.json) for (const line of lines) terminal.line(JSON.stringify(toJson(line)))
    else for (const text of show(terminal, lines)) terminal.line(text)
    const wrong = lines.filter(({ instance, contract }) => !instance || contract === 'other')
    if (flags.check && wrong.length > 0)
      throw new Refusal(`${counted(wrong.length, 'line')} not as this build has it.`)
  })
}

const compare = (instances: readonly Instance[], built: readonly Service[]): Line[] => {
  const missing = built.filter(({ name }) => !instances.some((one) => one.service === name))
  const lines: Line[] = [
    ...instances.map((instance) => ({
      service: instance.service,
      instance,
      contract: judge(instance, built),
    })),
    ...missing.map(({ name }) => ({
      service: name,
      instance: undefined,
      contract: 'unknown' as const,
    })),
  ]
  return lines.toSorted((a, b) => a.service.localeCompare(b.service))
}

const judge = ({ service, hash }: Instance, built: readonly Service[]): Line['contract'] => {
  const contract = built.find(({ name }) => name === service)?.contract
  if (!contract || hash === undefined) return 'unknown'
  return hash === contractHash(contract) ? 'same' : 'other'
}

const toJson = ({ service, instance, contract }: Line) => ({
  service,
  answers: instance !== undefined,
  ...(instance && {
    id: instance.id,
    version: instance.version,
    owner: instance.owner,
    contract: instance.contract,
    contract_hash: instance.hash,
    endpoints: instance.endpoints,
    requests: instance.requests,
    errors: instance.errors,
    average_ms: instance.averageMs,
  }),
  same_contract: contract === 'unknown' ? null : contract === 'same',
})

const show = (terminal: Terminal, lines: readonly Line[]): string[] => {
  const bad = paint(terminal, 'bad')
  const rows = lines.map(({ service, instance, contract }) =>
    instance
      ? [
          service,
          instance.id,
          instance.version,
          instance.owner ?? '-',
          String(instance.endpoints),
          String(instance.requests),
          instance.errors > 0 ? bad(String(instance.errors)) : '0',
          instance.averageMs === null ? '-' : `${instance.averageMs.toFixed(1)} ms`,
          { same: 'as here', other: bad('differs from here'), unknown: '-' }[contract],
        ]
      : [service, bad('does not answer')],
  )
  const columns = [
    ...['service', 'instance', 'version', 'owner', numbers('endpoints'), numbers('requests')],
    ...[numbers('errors'), numbers('average'), 'contract'],
  ]
  return table(rows, { columns, width: terminal.width })
}
