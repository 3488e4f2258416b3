import type { Environment, ServerReport } from '@meshboard/kit'
import { systemOptions } from '../setup-config.ts'
import { withSystem } from '../tools.ts'

/** Why a server's own configuration can lose what it has acknowledged: a sentence each. */
const refusalsOfServers = (servers: readonly ServerReport[]): string[] =>
  servers
    .filter(({ syncsAlways }) => !syncsAlways)
    .map(
      ({ name }) =>
        `${name} does not sync every write (sync_interval): with the machine goes what it has acknowledged in the last two minutes. Set \`sync_interval: always\` in its jetstream section, as deploy/nats/cluster.conf has it.`,
    )

/** The same of all servers behind the broker; undefined where their account's password is not set. */
export const judgeServers = async (env: Environment): Promise<string[] | undefined> => {
  const options = systemOptions(env)
  if (!options) return undefined
  return withSystem(options, async (system) => refusalsOfServers(await system.servers()))
}
