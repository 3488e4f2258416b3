import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import type { IssuedFiles } from './authority.ts'
import { freePort } from './free-port.ts'
import { until } from './until.ts'

/** A Postgres of this test file's own, so that it may be broken. */
export interface PostgresServer {
  readonly port: number
  /** As the superuser. */
  readonly url: string
  /** Ends it at once, as `pg_ctl stop -m immediate`: every session is lost, nothing is written out. */
  crash(): Promise<void>
  /** Starts it again on the same port and data; resolved when it has recovered. */
  start(): Promise<void>
  /** Ends it and deletes its data. */
  stop(): Promise<void>
}

const run = promisify(execFile)
const NOBODY = 65_534
const SUPERUSER = 'meshboard'
/** What was committed survives the end of the process, not that of the machine. */
const SETTINGS = { fsync: 'off', unix_socket_directories: '', max_connections: 100 }

/** Whether there are programs to start one from: not where the tests were given a Postgres. */
export const hasPostgresPrograms = (): boolean =>
  process.env['MESH_TEST_POSTGRES_BIN'] !== undefined

/** Starts one on a free port of the loopback, its data in a temporary folder; with `tls` it also speaks that. */
export const startPostgres = async (tls?: IssuedFiles): Promise<PostgresServer> => {
  // Postgres refuses to run as root.
  const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const folder = await mkdtemp(join(tmpdir(), 'meshboard-postgres-'))
  if (identity.uid !== undefined) await chown(folder, identity.uid, identity.gid)
  const [port, password] = [await freePort(), randomBytes(12).toString('hex')]
  const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`
  await makeData(folder, password, identity)
  const settings = tls ? await tlsSettings(folder, tls, identity) : {}
  const launching = { folder, port, url, identity, settings }
  let server = await launch(launching)
  return {
    port,
    url,
    crash: () => end(server, 'SIGQUIT'),
    async start() {
      server = await launch(launching)
    },
    async stop() {
      await end(server, 'SIGINT')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

type Settings = Readonly<Record<string, string>>

interface Identity {
  uid?: number
  gid?: number
}

/** It reads no key that is not its own, or that others may read. */
const tlsSettings = async (
  ...[folder, { certFile, keyFile }, { uid, gid }]: [string, IssuedFiles, Identity]
): Promise<Settings> => {
  const [cert, key] = [join(folder, 'server.pem'), join(folder, 'server-key.pem')]
  await copyFile(certFile, cert)
  await copyFile(keyFile, key)
  await chmod(key, 0o600)
  if (uid !== undefined && gid !== undefined)
    for (const file of [cert, key]) await chown(file, uid, gid)
  return { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key }
}

const program = (name: string): string => join(process.env['MESH_TEST_POSTGRES_BIN'] ?? '', name)

const makeData = async (folder: string, password: string, identity: Identity): Promise<void> => {
  const file = join(folder, 'password')
  await writeFile(file, password)
  const options = { cwd: folder, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, ...identity }
  const locale = ['-E', 'UTF8', '--locale=C']
  const login = ['-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${file}`]
  const memory = ['-c', 'dynamic_shared_memory_type=mmap']
  await run(
    program('initdb'),
    ['-D', join(folder, 'data'), '--no-sync', ...locale, ...login, ...memory],
    options,
  )
}

interface Launch {
  folder: string
  port: number
  url: string
  identity: Identity
  settings: Settings
}

const launch = async (launching: Launch): Promise<ChildProcess> => {
  const { folder, port, url, identity } = launching
  const settings = Object.entries({ ...SETTINGS, ...launching.settings }).flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  )
  const server = spawn(
    program('postgres'),
    ['-D', join(folder, 'data'), '-p', `${port}`, '-h', '127.0.0.1', ...settings],
    { cwd: folder, env: { LC_ALL: 'C' }, stdio: 'ignore', ...identity },
  )
  const killed = () => server.kill('SIGQUIT')
  process.once('exit', killed)
  server.once('exit', () => process.off('exit', killed))
  await until(
    () => {
      if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`)
      return answers(url)
    },
    { ms: 30_000, late: 'postgres does not answer' },
  )
  return server
}

const answers = async (url: string): Promise<boolean> => {
  const client = new pg.Client(url)
  client.on('error', () => undefined)
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  )
}

const end = async (server: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill(signal)
  await ended
}
