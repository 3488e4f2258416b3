import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { envName } from './names.mjs'
import { StartFailure } from './start-failure.mjs'

/**
 * The passwords of one mesh, `{ postgres, redis, ticket, nats: { <user> }, database: { <service> } }`, made
 * once and kept in a file only its owner reads; those of a new service are added.
 * NATS_PASSWORD_<USER> and DATABASE_PASSWORD_<SERVICE> of the environment override, for servers
 * that are not ours. Fails (StartFailure) if the file is lost while the data it opens is still
 * there.
 */
export function openSecrets({ env, home, secretsFile, data }, services) {
  const known = readSecrets(secretsFile, data)
  const users = ['provisioner', 'operator', 'system', ...services]
  const secrets = {
    postgres: known.postgres ?? newPassword(),
    redis: known.redis ?? newPassword(),
    ticket: known.ticket ?? newPassword(),
    nats: passwordsFor(users, known.nats),
    database: passwordsFor(services, known.database),
  }
  mkdirSync(home, { recursive: true })
  writePrivately(secretsFile, `${JSON.stringify(secrets, null, 2)}\n`)
  return {
    ...secrets,
    nats: overridden(secrets.nats, 'NATS_PASSWORD_', env),
    database: overridden(secrets.database, 'DATABASE_PASSWORD_', env),
  }
}

/** The file with the ed25519 key auth signs tokens with (PKCS8 PEM), made on first use. */
export function openSigningKey({ keys }) {
  const file = join(keys, 'auth-signing.pem')
  if (existsSync(file)) return file
  mkdirSync(keys, { recursive: true, mode: 0o700 })
  const { privateKey } = generateKeyPairSync('ed25519')
  writePrivately(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return file
}

/**
 * A random password of letters and digits that begins with a letter, so that no configuration takes
 * it for a number.
 */
export function newPassword() {
  return `pw${randomBytes(20).toString('hex')}`
}

function readSecrets(file, data) {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  if (!existsSync(join(data, 'postgres'))) return {}
  throw new StartFailure(
    `${file} is gone, and with it the passwords of the data in ${data}. Put it back, or run \`npm run reset\` to begin anew.`,
  )
}

function passwordsFor(names, known = {}) {
  return {
    ...known,
    ...Object.fromEntries(names.map((name) => [name, known[name] ?? newPassword()])),
  }
}

function overridden(passwords, prefix, env) {
  return Object.fromEntries(
    Object.entries(passwords).map(([name, own]) => [name, env[prefix + envName(name)] || own]),
  )
}

function writePrivately(file, text) {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
