import { rmSync } from 'node:fs'

import { checkDisk } from '../disk.mjs'
import { ensureNats } from '../nats-binary.mjs'
import { meshNode, withOwnTools } from '../node-runtime.mjs'
import { ensurePackages } from '../packages.mjs'
import { ProcessGroup } from '../process-group.mjs'
import { Report } from '../report.mjs'
import { runInteractive } from '../run-interactive.mjs'
import { StartFailure } from '../start-failure.mjs'
import { onStopSignals } from '../stop-signals.mjs'
import { openTestPostgres, openTestRedis } from '../test-servers.mjs'
import { makeThrowawayFolder } from '../throwaway-folder.mjs'

/**
 * Runs the tests against real servers of their own: all of them after a type check, or without it
 * those files whose path contains a text. Arguments other than `--full` go to the test runner.
 * Resolves with its exit code.
 */
export function test(workspace, args) {
  return withTestServers(workspace, (run, env) => runTests(run, env, args))
}

/**
 * Opens the test servers in a throwaway folder, runs `work({ workspace, report }, env)` with their
 * addresses in `env`, and takes them away again. Resolves with what `work` gives.
 */
export async function withTestServers(workspace, work) {
  checkDisk(workspace)
  const report = new Report(process.stdout)
  const folder = makeThrowawayFolder()
  const group = new ProcessGroup({ say: (line) => report.line(line) })
  const stop = async () => {
    await group.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const signal = whenAskedToStop(group)
  try {
    const run = { workspace, report, group, folder }
    const working = openTestServers(run).then((env) => work(run, env))
    return await Promise.race([signal, working])
  } finally {
    await stop()
  }
}

async function runTests(run, env, args) {
  const { root, bin } = run.workspace
  const texts = args.filter((arg) => arg !== '--full')
  if (texts.length < args.length) env.MESH_TEST_FULL = '1'
  run.report.line(`ready: ${run.report.times()}`)
  const options = { cwd: root, env }
  const types = texts.length === 0 ? await runInteractive(`${bin}/tsc`, ['-b'], options) : 0
  return types || runInteractive(`${bin}/vitest`, ['run', ...texts], options)
}

async function openTestServers(run) {
  const { workspace, report } = run
  const packages = report.step('packages', () => ensurePackages(workspace, report))
  const nats = report.step('nats', async () => {
    const { path, version } = await ensureNats(workspace, report)
    return { path, text: version }
  })
  const postgres = packages.then(() => report.step('postgres', () => openTestPostgres(run)))
  const redis = report.step('redis', () => openTestRedis(run))
  const [broker, database, cache] = await Promise.all([nats, postgres, redis])
  return {
    ...withOwnTools(workspace),
    NATS_SERVER_BIN: broker.path,
    MESH_TEST_FOLDER: run.folder,
    MESH_TEST_POSTGRES_URL: database.url,
    MESH_TEST_POSTGRES_BIN: database.bin,
    MESH_TEST_REDIS_URL: cache.url,
    MESH_TEST_REDIS_BIN: cache.binary?.path,
    MESH_TEST_REDIS_LIBRARIES: cache.binary?.env.LD_LIBRARY_PATH,
    MESH_NODE: meshNode(workspace),
  }
}

function whenAskedToStop(group) {
  return new Promise((_, reject) => {
    onStopSignals({
      stop: () => reject(new StartFailure('the tests were interrupted')),
      kill: () => {
        group.kill()
        process.exit(130)
      },
    })
  })
}
