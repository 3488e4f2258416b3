import {
  type BrokerOptions,
  type Environment,
  OPERATOR,
  baseConfig,
  brokerTls,
  defineConfig,
  readConfig,
  secret,
  url,
} from '@meshboard/kit'

const { natsUrls, natsCaFile, natsCertFile, natsKeyFile } = baseConfig

const operatorConfig = defineConfig({
  ...{ natsUrls, natsCaFile, natsCertFile, natsKeyFile },
  password: secret({
    env: 'NATS_PASSWORD_OPERATOR',
    meaning: "The password of the broker's operator; empty: user and password of NATS_URL.",
    default: '',
  }),
})

/** The broker, as its operator. */
export const operatorOptions = (env: Environment): Omit<BrokerOptions, 'onFault'> => {
  const config = readConfig(operatorConfig, env)
  const password = config.password.reveal()
  return {
    servers: config.natsUrls.map((one) => one.reveal()),
    service: OPERATOR,
    user: password === '' ? '' : OPERATOR,
    password,
    tls: brokerTls(config),
  }
}

const adminConfig = defineConfig({
  databaseUrl: url({
    env: 'DATABASE_URL',
    meaning: 'Postgres, as one who may read every schema; "npm run mesh" gives that of `up`.',
    schemes: ['postgres:', 'postgresql:'],
  }),
})

/** The database, as one who may read every schema. */
export const adminUrl = (env: Environment): string =>
  readConfig(adminConfig, env).databaseUrl.reveal()

const tokenConfig = defineConfig({
  token: secret({ env: 'MESH_TOKEN', meaning: 'The access token of who calls.', default: '' }),
})

/** The access token to call with, if one is set. */
export const tokenOf = (env: Environment): string | undefined =>
  readConfig(tokenConfig, env).token.reveal() || undefined
