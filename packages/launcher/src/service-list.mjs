import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The services of the mesh in order: every folder of `services/` that has a `src/main.ts`. */
export function serviceNames({ root }) {
  const folder = join(root, 'services')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'src/main.ts')))
    .sort()
}

/** The doors: they hold no state and have no database. */
export const doors = {
  gateway: { variable: 'GATEWAY_PORT', port: 8080 },
  edge: { variable: 'EDGE_PORT', port: 8081 },
}
