import type { SetUpOptions } from '@meshboard/deploy'
import {
  type Environment,
  PROVISIONER,
  baseConfig,
  brokerTls,
  defineConfig,
  integer,
  readConfig,
  secret,
  url,
} from '@meshboard/kit'

const { natsUrls, natsUser, natsPassword, natsCaFile, natsCertFile, natsKeyFile } = baseConfig

const setupConfig = defineConfig({
  natsUrls,
  natsUser,
  natsPassword,
  ...{ natsCaFile, natsCertFile, natsKeyFile },
  databaseUrl: url({
    env: 'DATABASE_URL',
    meaning: 'Postgres, as one who may create roles and schemas.',
    schemes: ['postgres:', 'postgresql:'],
  }),
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
})

/** What `mesh setup` takes from its environment; throws with every fault at once. */
export const readSetupConfig = (env: Environment): SetUpOptions => {
  const config = readConfig(setupConfig, env)
  const password = config.natsPassword.reveal()
  return {
    databaseUrl: config.databaseUrl.reveal(),
    databasePassword: (service) => passwordOf(service, env),
    broker: {
      servers: config.natsUrls.map((one) => one.reveal()),
      service: PROVISIONER,
      user: password === '' ? '' : config.natsUser || PROVISIONER,
      password,
      tls: brokerTls(config),
    },
    replicas: config.replicas,
    streamBytesMax: config.streamBytesMax,
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
