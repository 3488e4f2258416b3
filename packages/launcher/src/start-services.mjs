import { serviceEnv, serviceSpec } from './service-spec.mjs'

/**
 * Starts every service side by side, each a process of its own; resolves when all are ready. Fails
 * (StartFailure, with the end of its log) for the first that does not become ready.
 */
export async function startServices({ workspace, group }, mesh, ports) {
  await Promise.all(
    mesh.services.map((name) => {
      const own = { ops: ports.ops[name], door: ports.doors[name] }
      const env = serviceEnv({ workspace, name, ...mesh, ports: own })
      return group.start('service', serviceSpec({ workspace, name, env, opsPort: own.ops }))
    }),
  )
}
