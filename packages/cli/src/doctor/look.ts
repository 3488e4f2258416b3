import { inspectDatabase } from '@meshboard/db'
import {
  type Environment,
  type Secret,
  defineConfig,
  inspectRedis,
  readConfig,
  redisCaFile,
  redisUrl,
  secret,
} from '@meshboard/kit'
import { readProvisionConfig, systemOptions } from '../setup-config.ts'
import { type Tools, withProvisioner, withSystem } from '../tools.ts'
import { operatorOptions } from '../tools-config.ts'
import { judgeDatabase } from './database.ts'
import { type Finding, bad, warning } from './finding.ts'
import { judgePermissions } from './permissions.ts'
import { judgeRedis } from './redis.ts'
import { judgeServers } from './servers.ts'
import { judgeDifference, judgeStreams } from './streams.ts'

const doctorConfig = defineConfig({
  redisUrl,
  redisCaFile,
  databaseUrl: secret({
    env: 'DATABASE_URL',
    meaning: 'Postgres, as one who may read every schema; empty: it is not looked at.',
    default: '',
  }),
})

/** Looks at everything a live mesh rests on, and changes nothing. */
export const lookAtAll = async (tools: Tools): Promise<Finding[]> => {
  const { env } = tools.terminal
  const config = readConfig(doctorConfig, env)
  const looks = [
    part('broker', 'NATS_URL', () => lookAtServers(env)),
    part('streams', 'NATS_URL and NATS_PASSWORD', () => lookAtStreams(tools)),
    part('rights', 'NATS_PASSWORD_OPERATOR', () => lookAtRights(env)),
    part('postgres', 'DATABASE_URL', () => lookAtDatabase(config.databaseUrl)),
    part('redis', 'REDIS_URL', () => lookAtRedis(config.redisUrl, config.redisCaFile)),
  ]
  return (await Promise.all(looks)).flat()
}

/** What cannot be looked at is bad, and keeps nobody from the rest. */
const part = async (
  ...[check, setting, look]: [string, string, () => Promise<Finding[]>]
): Promise<Finding[]> => {
  try {
    return await look()
  } catch (error) {
    const { message, code } = error as { message: string; code?: string }
    return [bad(check, message || String(code), `Start it, or correct ${setting}.`)]
  }
}

const notAsked = (check: string, variable: string): Finding[] => [
  warning(check, `not looked at: ${variable} is not set`, `Set ${variable}.`),
]

const lookAtServers = async (env: Environment): Promise<Finding[]> => {
  const options = systemOptions(env)
  if (!options) return notAsked('broker', 'NATS_PASSWORD_SYSTEM')
  return withSystem(options, async (system) => judgeServers(await system.servers()))
}

const lookAtStreams = async (tools: Tools): Promise<Finding[]> => {
  const { planOf } = await import('@meshboard/deploy')
  const { broker, streams } = readProvisionConfig(tools.terminal.env)
  const plans = (await tools.services()).map(planOf)
  return withProvisioner(broker, async (provisioner) => [
    ...judgeDifference(await provisioner.look(plans, streams)),
    ...judgeStreams(await provisioner.health(), provisioner),
  ])
}

const lookAtRights = async (env: Environment): Promise<Finding[]> => [
  await judgePermissions(operatorOptions(env)),
  await judgePermissions(readProvisionConfig(env).broker),
]

const lookAtDatabase = async (url: Secret): Promise<Finding[]> => {
  if (url.reveal() === '') return notAsked('postgres', 'DATABASE_URL')
  const { schemas } = await import('@meshboard/deploy')
  return judgeDatabase(await inspectDatabase(url.reveal(), schemas))
}

const lookAtRedis = async (url: Secret, caFile: string): Promise<Finding[]> => {
  if (url.reveal() === '') return notAsked('redis', 'REDIS_URL')
  return judgeRedis(await inspectRedis(url.reveal(), { caFile }))
}
