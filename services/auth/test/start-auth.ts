import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestMesh, startTestMesh } from '@meshboard/testkit'
import { service } from '../src/index.ts'

/** A mesh in which only auth runs, with signing keys of its own. */
export interface AuthMesh {
  readonly mesh: TestMesh
  /** Starts one more process of it; `keys` are numbers of signing keys, the first signs. */
  readonly start: (keys: readonly number[]) => Promise<void>
  readonly stop: () => Promise<void>
}

export const startAuth = async ({
  keys = [1],
  env,
}: { keys?: readonly number[]; env?: Record<string, string> } = {}): Promise<AuthMesh> => {
  const mesh = await startTestMesh()
  const folder = await mkdtemp(join(tmpdir(), 'meshboard-auth-'))
  const start: AuthMesh['start'] = async (numbers) => {
    const files = numbers.map((key) => join(folder, `${key}.pem`))
    for (const file of files) await writeSigningKey(file)
    await mesh.start(service, { AUTH_SIGNING_KEY_FILES: files.join(','), ...env })
  }
  await start(keys)
  return {
    mesh,
    start,
    async stop() {
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
