import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { type Root, repository } from './fixture-root.ts'

const main = join(repository, 'packages/launcher/src/main.mjs')

// What a user has, and nothing of what this test run has set for itself.
const plain = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: process.env['HOME'] ?? '/' }

const anyPorts = {
  NATS_PORT: '0',
  POSTGRES_PORT: '0',
  REDIS_PORT: '0',
  GATEWAY_PORT: '0',
  EDGE_PORT: '0',
  OPS_PORT_BASE: '0',
}

export type State = {
  pid: number
  ready: boolean
  pids: Record<string, number>
  ports: Record<string, number>
  urls: Record<string, string>
  env: Record<string, string>
}

export type Ended = { code: number | null; stdout: string; stderr: string }

export type Running = { child: ChildProcess; ended: Promise<Ended>; said: () => string }

/** The environment of a launcher on this root, on ports nobody uses. */
export function environmentOf({ root, home }: Root): NodeJS.ProcessEnv {
  const broker = process.env['NATS_SERVER_BIN']
  return {
    ...plain,
    ...anyPorts,
    ...(broker ? { NATS_SERVER_BIN: broker } : {}),
    MESH_ROOT: root,
    MESH_HOME: home,
    MESH_SERVERS_DIR: process.env['MESH_SERVERS_DIR'] ?? join(repository, '.mesh/servers'),
  }
}

const started = new Set<ChildProcess>()

process.once('exit', () => {
  for (const child of started) child.kill() // what a failed test left running
})

/** Starts a launcher command; `program` is another copy of the launcher. */
export function start(args: string[], env: NodeJS.ProcessEnv, program = main): Running {
  const child = spawn(process.execPath, [program, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.add(child)
  const text = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()))
  const ended = new Promise<Ended>((done) => {
    child.once('close', (code) => {
      started.delete(child)
      done({ code, ...text })
    })
  })
  return { child, ended, said: () => text.stdout + text.stderr }
}

/** Runs a launcher command to its end. */
export function run(args: string[], env: NodeJS.ProcessEnv, program = main): Promise<Ended> {
  return start(args, { ...plain, ...env }, program).ended
}

/** Starts `up` and waits until it says that everything is ready. */
export async function startMesh(
  root: Root,
  env: NodeJS.ProcessEnv = {},
): Promise<Running & { state: () => State }> {
  const running = start(['up'], { ...environmentOf(root), ...env })
  const early = running.ended.then((end) => {
    throw new Error(`up ended early:\n${end.stdout}${end.stderr}`)
  })
  early.catch(() => {}) // it ends in time, too
  const state = (): State => readState(root)
  await Promise.race([early, eventually(() => running.said().includes('ready:') && state().ready)])
  return { ...running, state }
}

export function readState({ home }: Root): State {
  return JSON.parse(readFileSync(join(home, 'run/state.json'), 'utf8')) as State
}

/** Waits until the question is answered with true; fails after ten seconds. */
export async function eventually(question: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!question()) {
    if (Date.now() > deadline) throw new Error(`it never came to: ${question.toString()}`)
    await sleep(20)
  }
}

/** Whether a process is there and not only its remains. */
export function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/stat`
  return existsSync(file) && !/\) [ZX] /.test(readFileSync(file, 'utf8'))
}
