import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder for data nobody keeps, in memory where the launcher has found room; its user removes it. */
export const scratchFolder = (name: string): Promise<string> =>
  mkdtemp(join(process.env['MESH_TEST_FOLDER'] ?? tmpdir(), `meshboard-${name}-`))
