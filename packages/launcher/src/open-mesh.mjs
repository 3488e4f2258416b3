import { ensurePackages } from './packages.mjs'
import { openSecrets, openSigningKey } from './secrets.mjs'
import { openNats, openPostgres, openRedis, reserveServerPorts } from './servers.mjs'
import { serviceNames } from './service-list.mjs'
import { runSetup } from './setup.mjs'
import { openTracePage, reserveTracesPort, tracesRow } from './trace-page.mjs'
import { plural } from './words.mjs'

/**
 * Everything below the services: packages, the three servers and the trace page side by side, then
 * tables and streams. Answers `{ services, secrets, signingKey, urls, ports, traces }`, `traces` where
 * to look at them. Fails (StartFailure) in one line for whatever is in the way.
 */
export async function openMesh(run) {
  const { workspace, report } = run
  const services = serviceNames(workspace)
  const ports = await reserveServerPorts(workspace)
  ports.traces = await reserveTracesPort(workspace)
  const secrets = openSecrets(workspace, services)
  const signingKey = openSigningKey(workspace)
  const urls = await openServers({ ...run, secrets, ports })
  await setUp({ workspace, report, urls, secrets })
  const traces = tracesRow(workspace, ports.traces)
  return { services, secrets, signingKey, urls, ports, traces }
}

async function openServers(run) {
  const { workspace, report } = run
  const packages = report.step('packages', () => ensurePackages(workspace, report))
  const [nats, redis, database, traces] = await Promise.all([
    report.step('nats', () => openNats(run)),
    report.step('redis', () => openRedis(run)),
    // Its programs are a package.
    packages.then(() => report.step('postgres', () => openPostgres(run))),
    packages.then(() => openTracePage(run)),
  ])
  return { nats: nats.url, database: database.url, redis: redis.url, traces }
}

async function setUp({ workspace, report, urls, secrets }) {
  await report.step('setup', async () => {
    const { migrations, provision } = await runSetup({ workspace, urls, secrets })
    return `${plural(migrations.applied, 'migration')}, ${plural(provision.streams, 'stream')}`
  })
}
