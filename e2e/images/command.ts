import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Isolation by `chroot` is what holds inside a container, too. */
const ISOLATION = { BUILDAH_ISOLATION: 'chroot' }

/** Runs a command to its end and gives what it printed; throws with all that it said when it fails. */
export const command = async (...words: readonly string[]): Promise<string> => {
  const [program = '', ...args] = words
  const env = { ...process.env, ...ISOLATION }
  const { stdout } = await promisify(execFile)(program, args, { env, maxBuffer: 1 << 28 })
  return stdout.trim()
}

/** Whether a command ends well. */
export const succeeds = (...words: readonly string[]): Promise<boolean> =>
  command(...words).then(
    () => true,
    () => false,
  )
