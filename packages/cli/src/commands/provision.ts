import type { BrokerDifference, Provisioner } from '@meshboard/kit'
import type { Command } from 'commander'
import { counted } from '../output/amounts.ts'
import { judgeServers } from '../provision/judge-servers.ts'
import { nameOf, shownChanges } from '../provision/shown.ts'
import { type UsersChange, compareUsers, writeUsers } from '../provision/users-file.ts'
import { Refusal, UsageFailure, WorkWaits } from '../refusal.ts'
import { readProvisionConfig, systemOptions } from '../setup-config.ts'
import { type Tools, withProvisioner, withSystem } from '../tools.ts'

interface ProvisionFlags {
  plan?: boolean
  yes?: boolean
  prune?: boolean
  usersFile?: string
  reload?: boolean
  json?: boolean
}

/** What there is to do, and what was said against it. */
interface Work {
  readonly difference: BrokerDifference
  readonly users: UsersChange | undefined
  readonly refusals: readonly string[]
}

/** `mesh provision`: streams, durables and broker users as the contracts want them. */
export const addProvision = (program: Command, tools: Tools): void => {
  program
    .command('provision')
    .summary('make streams, durables and broker users as the contracts want them')
    .description(
      'Show what differs between the broker and the contracts, ask, and mend it. Deletes nothing ' +
        'unasked, and refuses settings that can lose acknowledged events.',
    )
    .option('--plan', 'only show; exit code 2 when there is something to do')
    .option('--yes', 'do it without being asked')
    .option('--prune', 'then delete, after a question of its own, what no contract has any more')
    .option('--users-file <path>', "the broker's permissions.conf: bring that up to date, too")
    .option('--reload', 'then have the servers read it again (NATS_PASSWORD_SYSTEM)')
    .option('--json', 'one document')
    .action((flags: ProvisionFlags) => {
      if (flags.reload && !systemOptions(tools.terminal.env))
        throw new UsageFailure('--reload needs NATS_PASSWORD_SYSTEM.')
      const { broker, streams } = readProvisionConfig(tools.terminal.env)
      return withProvisioner(broker, async (provisioner) => {
        const { planOf } = await import('@meshboard/deploy')
        const plans = (await tools.services()).map(planOf)
        const work = await workOf(tools, await provisioner.look(plans, streams), flags)
        await provision(tools, { provisioner, work, flags })
      })
    })
}

const workOf = async (
  { terminal }: Tools,
  difference: BrokerDifference,
  { usersFile }: ProvisionFlags,
): Promise<Work> => {
  const { brokerPermissions } = await import('@meshboard/deploy')
  const servers = await judgeServers(terminal.env)
  if (!servers)
    terminal.note('Whether the servers sync every write was not asked: NATS_PASSWORD_SYSTEM.')
  return {
    difference,
    users: usersFile ? await compareUsers(usersFile, brokerPermissions(), terminal.env) : undefined,
    refusals: [...difference.refusals, ...(servers ?? [])],
  }
}

interface Provisioning {
  provisioner: Provisioner
  work: Work
  flags: ProvisionFlags
}

const provision = async (tools: Tools, { provisioner, work, flags }: Provisioning) => {
  const { terminal } = tools
  const { difference, users, refusals } = work
  const todo = difference.changes.length + (users?.lines.length ?? 0)
  show(tools, work, flags)
  if (refusals.length > 0) throw new Refusal(refusals.join('\n'))
  if (flags.plan) {
    if (todo === 0) return
    throw new WorkWaits('There is something to do.')
  }
  if (todo > 0) {
    await ask(tools, 'Do this?', flags)
    await provisioner.apply(difference)
    if (users && users.lines.length > 0) await writeUsers(users)
    terminal.note(`Done: ${counted(difference.changes.length, 'change')} on the broker.`)
  }
  if (flags.reload) await reload(tools)
  else if (users && users.lines.length > 0)
    terminal.note('Servers that run take it at `nats-server --signal reload`, or with --reload.')
  if (flags.prune) await prune(tools, { provisioner, work, flags })
}

const show = ({ terminal }: Tools, work: Work, { json }: ProvisionFlags): void => {
  const { difference, users, refusals } = work
  const { changes, leftovers } = difference
  if (json)
    return terminal.line(
      JSON.stringify({ changes, leftovers, users: users?.lines ?? [], refusals }),
    )
  for (const line of shownChanges(terminal, difference)) terminal.line(line)
  for (const line of users?.lines ?? []) terminal.line(line)
  if (changes.length === 0 && !users?.lines.length)
    terminal.line(
      `Nothing to do: ${difference.asked.streams} streams and ${difference.asked.consumers} durables are as the contracts want them.`,
    )
}

const ask = async ({ terminal }: Tools, question: string, { yes }: ProvisionFlags) => {
  if (yes) return
  const answer = await terminal.confirm(question)
  if (answer === undefined) throw new Refusal('Nobody is here to be asked. Say --yes.')
  if (!answer) throw new Refusal('Nothing was done.')
}

const prune = async (tools: Tools, { provisioner, work, flags }: Provisioning) => {
  const { leftovers } = work.difference
  if (leftovers.length === 0) return
  const names = leftovers.map((leftover) => `${nameOf(leftover)} (${leftover.why})`).join(', ')
  await ask(tools, `Delete for good: ${names}?`, flags)
  for (const leftover of leftovers) {
    await provisioner.remove(leftover)
    tools.terminal.line(`- ${nameOf(leftover)}`)
  }
}

const reload = async ({ terminal }: Tools): Promise<void> => {
  const options = systemOptions(terminal.env)
  if (!options) return
  await withSystem(options, async (system) => {
    await system.reload()
    terminal.note('The servers have read their configuration again.')
  })
}
