import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The launcher's folder for this test run, in memory where there is room; removed with all in it. */
export const runFolder = (): string | undefined => process.env['MESH_TEST_FOLDER']

/** A new folder for data nobody keeps; its user removes it. */
export const scratchFolder = (name: string): Promise<string> =>
  mkdtemp(join(runFolder() ?? tmpdir(), `meshboard-${name}-`))
