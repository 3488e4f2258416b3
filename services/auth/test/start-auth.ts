import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunningService } from '@meshboard/kit'
import { type TestMesh, startTestMesh } from '@meshboard/testkit'
import { service } from '../src/index.ts'
import { type UserStandIn, startUserStandIn } from './user-stand-in.ts'

/** A mesh in which only auth runs, with signing keys of its own, and what stands in for user. */
export interface AuthMesh {
  readonly mesh: TestMesh
  readonly user: UserStandIn
  /** The process it began with. */
  readonly first: RunningService
  /** Starts one more process of it; `keys` are numbers of signing keys, the first signs. */
  readonly start: (
    keys: readonly number[],
    more?: Record<string, string>,
  ) => Promise<RunningService>
  readonly stop: () => Promise<void>
}

export const startAuth = async ({
  keys = [1],
  env,
}: { keys?: readonly number[]; env?: Record<string, string> } = {}): Promise<AuthMesh> => {
  const mesh = await startTestMesh()
  const folder = await mkdtemp(join(tmpdir(), 'meshboard-auth-'))
  const user = await startUserStandIn(mesh)
  const start: AuthMesh['start'] = async (numbers, more) => {
    const files = numbers.map((key) => join(folder, `${key}.pem`))
    for (const file of files) await writeSigningKey(file)
    return mesh.start(service, { AUTH_SIGNING_KEY_FILES: files.join(','), ...env, ...more })
  }
  const first = await start(keys)
  return {
    first,
    mesh,
    user,
    start,
    async stop() {
      await user.stop()
      await mesh.stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** Leaves a key that is there already as it is. */
const writeSigningKey = async (file: string): Promise<void> => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
  await writeFile(file, pem, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}
