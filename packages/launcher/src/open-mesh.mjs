import { ensurePackages } from './packages.mjs'
import { openSecrets, openSigningKey } from './secrets.mjs'
import { openNats, openPostgres, openRedis, reserveServerPorts } from './servers.mjs'
import { serviceNames } from './service-list.mjs'
import { runSetup } from './setup.mjs'
import { plural } from './words.mjs'

/**
 * Everything below the services: packages and the three servers side by side, then tables and
 * streams. Answers `{ services, secrets, signingKey, urls, ports }`. Fails (StartFailure) in one
 * line for whatever is in the way.
 */
export async function openMesh(run) {
  const { workspace, report } = run
  const services = serviceNames(workspace)
  const ports = await reserveServerPorts(workspace)
  const secrets = openSecrets(workspace, services)
  const signingKey = openSigningKey(workspace)
  const urls = await openServers({ ...run, secrets, ports })
  await setUp({ workspace, report, urls, secrets })
  return { services, secrets, signingKey, urls, ports }
}

async function openServers(run) {
  const { workspace, report } = run
  const packages = report.step('packages', () => ensurePackages(workspace, report))
  const [nats, redis, database] = await Promise.all([
    report.step('nats', () => openNats(run)),
    report.step('redis', () => openRedis(run)),
    // Its programs are a package.
    packages.then(() => report.step('postgres', () => openPostgres(run))),
  ])
  return { nats: nats.url, database: database.url, redis: redis.url }
}

async function setUp({ workspace, report, urls, secrets }) {
  await report.step('setup', async () => {
    const { migrations, provision } = await runSetup({ workspace, urls, secrets })
    return `${plural(migrations.applied, 'migration')}, ${plural(provision.streams, 'stream')}`
  })
}
