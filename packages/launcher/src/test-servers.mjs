import { dirname, join } from 'node:path'

import { freePort } from './ports.mjs'
import { superuser } from './postgres-data.mjs'
import { postgresPrograms } from './postgres-files.mjs'
import { ensureRedis } from './redis-binary.mjs'
import { newPassword } from './secrets.mjs'
import { postgresSpec, redisSpec } from './server-specs.mjs'

const throwaway = { durable: false }

/**
 * One Postgres for all tests, fast instead of safe: its data is lost with the folder. Answers `{
 * url, bin, text }` with the superuser's URL and the folder of the programs, for tests that break a
 * server of their own; MESH_TEST_POSTGRES_URL names one that is used instead, without `bin`.
 */
export async function openTestPostgres({ workspace, group, folder }) {
  const given = workspace.env.MESH_TEST_POSTGRES_URL
  if (given) return { url: given, text: 'as given' }
  const programs = postgresPrograms(workspace)
  const [port, password] = [await freePort(), newPassword()]
  const logFile = join(folder, 'postgres.log')
  const data = join(folder, 'postgres')
  const settings = {
    ...throwaway,
    programs,
    port,
    password,
    logFile,
    folder: data,
    connectionsMax: 300,
  }
  await group.start('database', await postgresSpec(settings))
  const url = `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`
  const bin = join(programs.folder, 'bin')
  return { url, bin, text: `${programs.version} in ${dirname(folder)}` }
}

/**
 * One Redis for all tests, without persistence. Answers `{ url, binary, text }`;
 * MESH_TEST_REDIS_URL names one that is used instead, without `binary`.
 */
export async function openTestRedis({ workspace, report, group, folder }) {
  const given = workspace.env.MESH_TEST_REDIS_URL
  if (given) return { url: given, text: 'as given' }
  const binary = await ensureRedis(workspace, report)
  const [port, password] = [await freePort(), newPassword()]
  const settings = { ...throwaway, binary, port, password, folder: join(folder, 'redis') }
  await group.start('server', redisSpec({ ...settings, logFile: join(folder, 'redis.log') }))
  const url = `redis://:${password}@127.0.0.1:${port}`
  return { url, binary, text: `${binary.version} on :${port}` }
}
