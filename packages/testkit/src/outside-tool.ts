import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where system administrators' programs are, which not every PATH has. */
const ALSO = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/**
 * The path of a program that some tests drive and the project does not install, such as `promtool`,
 * by the first of its names that is found; undefined, and said by the first name, on a machine that
 * has none, so that those tests are skipped.
 * @throws where it is missing although REQUIRE_TOOLS=1 asks for all of them
 */
export const outsideTool = (name: string, ...others: string[]): string | undefined => {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...ALSO]
  const path = [name, ...others]
    .flatMap((one) => folders.map((folder) => join(folder, one)))
    .find(isProgram)
  if (path !== undefined) return path
  if (process.env['REQUIRE_TOOLS'] === '1')
    throw new Error(`REQUIRE_TOOLS=1 asks for ${name}, which this machine does not have`)
  process.stdout.write(`skipped: ${name}\n`)
  return undefined
}

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
