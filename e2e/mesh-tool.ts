import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Up } from './up.ts'

const LAUNCHER = fileURLToPath(new URL('../packages/launcher/src/main.mjs', import.meta.url))

/** Calls a procedure as who runs the mesh does, `npm run mesh -- call`; throws with what it said when it fails. */
export const callAsOperator = async (up: Up, name: string, input: object): Promise<void> => {
  const words = [LAUNCHER, 'mesh', 'call', name, JSON.stringify(input)]
  const env = { ...process.env, MESH_HOME: up.home }
  await promisify(execFile)(process.execPath, words, { env })
}
