import { converse } from './probe.mjs'
import { versionIn } from './version.mjs'

/**
 * What a NATS server says of itself when one connects: `{ version, jetstream, … }`. Rejects if none
 * answers.
 */
export async function probeNats(address) {
  const answer = await converse(address, { enough: (bytes) => bytes.includes('\r\n') })
  const info = /^INFO (\{.*\})/.exec(answer.toString())
  if (!info) throw new Error('what listens there is not a NATS server')
  return JSON.parse(info[1])
}

/**
 * The version of a Redis server that takes this password. Rejects if none answers or it refuses.
 */
export async function probeRedis({ username, password, ...address }) {
  const credentials = [username, password].filter(Boolean).join(' ')
  const hello = `${credentials ? `AUTH ${credentials}\r\n` : ''}INFO server\r\n`
  const isEnough = (text) => /redis_version:[^\r]*\r\n/.test(text) || /^-.*\r\n/m.test(text)
  const answer = (
    await converse(address, { hello, enough: (bytes) => isEnough(`${bytes}`) })
  ).toString()
  const refusal = /^-(.*)\r/m.exec(answer)
  if (refusal) throw new Error(refusal[1])
  return versionIn(/redis_version:(.*)/.exec(answer)[1])
}

/**
 * Resolves when a Postgres server takes connections: it asks for a password, where one that still
 * starts or recovers answers with an error. Rejects otherwise. Checks neither the password nor the
 * database.
 */
export async function probePostgres(address) {
  const answer = await converse(address, {
    hello: startupMessage('meshboard'),
    enough: (bytes) => bytes.length > 0,
  })
  const kind = String.fromCharCode(answer[0])
  if (kind !== 'R')
    throw new Error(
      kind === 'E' ? 'it does not take connections yet' : 'what listens there is not Postgres',
    )
}

function startupMessage(user) {
  const body = Buffer.from(`\0\x03\0\0user\0${user}\0\0`, 'latin1')
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([length, body])
}
