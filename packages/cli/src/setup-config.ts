import type { SetUpOptions } from '@meshboard/deploy'
import {
  type BrokerOptions,
  type Environment,
  PROVISIONER,
  SYSTEM_USER,
  type StreamSettings,
  type Variable,
  baseConfig,
  brokerTls,
  defineConfig,
  integer,
  list,
  readConfig,
  secret,
  url,
} from '@meshboard/kit'

const { natsUrls, natsUser, natsPassword, natsCaFile, natsCertFile, natsKeyFile } = baseConfig

/** `EVT_NETWORK=2147483648,AUDIT=1073741824`. */
const bytesOfStreams = (spec: {
  env: string
  meaning: string
}): Variable<Record<string, number>> => {
  const entries = list({ ...spec, default: '' })
  return {
    ...entries,
    read: (text) =>
      Object.fromEntries(
        entries.read(text).map((entry) => {
          const [, stream = '', bytes] = /^([A-Z0-9_]+)=(\d{7,14})$/.exec(entry) ?? []
          if (bytes !== undefined) return [stream, Number(bytes)]
          throw new RangeError('must be <STREAM>=<bytes>, a megabyte at least, with commas between')
        }),
      ),
  }
}

const brokerConfig = defineConfig({
  natsUrls,
  natsUser,
  natsPassword,
  ...{ natsCaFile, natsCertFile, natsKeyFile },
  replicas: integer({
    env: 'STREAM_REPLICAS',
    meaning: 'Copies of each stream: 1 on one broker, 3 or 5 in a cluster.',
    default: 1,
    min: 1,
    max: 5,
  }),
  streamBytesMax: integer({
    env: 'STREAM_BYTES_MAX',
    meaning:
      'Bytes that each stream may keep; the broker reserves them. A full one takes nothing more: events wait in the outbox and dead letters in hand until older ones have expired or this is raised.',
    default: 1 << 28,
    min: 1 << 20,
    max: 2 ** 46,
  }),
  streamBytesMaxOf: bytesOfStreams({
    env: 'STREAM_BYTES_MAX_OF',
    meaning: 'The same for single streams: `EVT_NETWORK=2147483648,AUDIT=1073741824`.',
  }),
})

/** The broker as its provisioner, and how streams are to be kept there. */
export interface ProvisionConfig {
  readonly broker: Omit<BrokerOptions, 'onFault'>
  readonly streams: StreamSettings
}

/** What `mesh provision` takes from its environment; throws with every fault at once. */
export const readProvisionConfig = (env: Environment): ProvisionConfig =>
  toProvisionConfig(readConfig(brokerConfig, env))

const toProvisionConfig = (
  config: ReturnType<typeof readConfig<typeof brokerConfig>>,
): ProvisionConfig => {
  const password = config.natsPassword.reveal()
  return {
    broker: {
      servers: config.natsUrls.map((one) => one.reveal()),
      service: PROVISIONER,
      user: password === '' ? '' : config.natsUser || PROVISIONER,
      password,
      tls: brokerTls(config),
    },
    streams: {
      replicas: config.replicas,
      bytesMax: config.streamBytesMax,
      bytesMaxOf: config.streamBytesMaxOf,
    },
  }
}

const setupConfig = defineConfig({
  ...brokerConfig,
  databaseUrl: url({
    env: 'DATABASE_URL',
    meaning: 'Postgres, as one who may create roles and schemas.',
    schemes: ['postgres:', 'postgresql:'],
  }),
})

/** What `mesh setup` takes from its environment; throws with every fault at once. */
export const readSetupConfig = (env: Environment): SetUpOptions => {
  const config = readConfig(setupConfig, env)
  return {
    ...toProvisionConfig(config),
    databaseUrl: config.databaseUrl.reveal(),
    databasePassword: (service) => passwordOf(service, env),
  }
}

const systemConfig = defineConfig({
  ...{ natsUrls, natsCaFile, natsCertFile, natsKeyFile },
  password: secret({
    env: 'NATS_PASSWORD_SYSTEM',
    meaning: "The password of the user in the servers' own account; empty: they are not asked.",
    default: '',
  }),
})

/** The servers' own account; undefined where its password is not set. */
export const systemOptions = (env: Environment): Omit<BrokerOptions, 'onFault'> | undefined => {
  const config = readConfig(systemConfig, env)
  const password = config.password.reveal()
  const servers = config.natsUrls.map((one) => one.reveal())
  return password === ''
    ? undefined
    : {
        ...{ servers, service: SYSTEM_USER, user: SYSTEM_USER, password },
        tls: brokerTls(config),
      }
}

const passwordOf = (service: string, env: Environment): string => {
  const name = service.replaceAll('-', '_')
  const variable = secret({
    env: `DATABASE_PASSWORD_${name.toUpperCase()}`,
    meaning: `the password of the role ${name}_app`,
  })
  return readConfig({ variable }, env).variable.reveal()
}
