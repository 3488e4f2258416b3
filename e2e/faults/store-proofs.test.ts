// Goal: a proof that was used opens nothing more, whatever becomes of Redis; logging in goes on.
// Method: auth, user and the gateway as processes with a Redis of this file's own, which is killed and emptied.
// Shows: R1, R3
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type OutputOf,
  type SigningPurpose,
  type auth,
  challengeMessage,
} from '@meshboard/contracts'
import {
  type RedisServer,
  type TestMesh,
  hasRedisProgram,
  startRedis,
  startTestMesh,
  until,
} from '@meshboard/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StoreProcess } from './store-process.ts'

if (!hasRedisProgram()) test.skip('skipped: redis-server (MESH_TEST_REDIS_BIN is not set)')

describe.runIf(hasRedisProgram())('a proof', () => {
  let folder: string
  let redis: RedisServer
  let mesh: TestMesh
  let processes: StoreProcess[]
  let door: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'meshboard-proofs-'))
    const file = join(folder, 'key.pem')
    const { privateKey } = generateKeyPairSync('ed25519')
    await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
    redis = await startRedis()
    mesh = await startTestMesh()
    const env = {
      REDIS_URL: redis.url,
      AUTH_SIGNING_KEY_FILES: file,
      GATEWAY_PORT: '0',
      GATEWAY_UNSUCCESSFUL_ATTEMPTS_MAX: '1000',
    }
    processes = ['auth', 'user', 'gateway'].map((name) => new StoreProcess(mesh, name, { env }))
    door = await until(() => doorIn(processes[2]?.log ?? ''), { ms: 30_000 })
  }, 60_000)
  afterAll(async () => {
    for (const process of processes) await process.stop()
    await mesh.stop()
    await redis.stop()
    await rm(folder, { recursive: true })
  })

  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const key = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex')

  const post = (path: string, body: object) =>
    fetch(`${door}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  /** Signs a challenge, as a device does. */
  const prove = async (purpose: SigningPurpose) => {
    const answer = await post('/api/auth/challenge', { public_key: key, purpose })
    const told = (await answer.json()) as OutputOf<typeof auth.procedures.challenge>
    const { audience, challenge } = told
    const serverEpochMs = Date.parse(told.now)
    const message = challengeMessage({
      audience,
      purpose,
      publicKey: key,
      challenge,
      serverEpochMs,
    })
    const signature = sign(null, message, privateKey).toString('hex')
    return { public_key: key, challenge, signature }
  }

  const verify = async (proof: object): Promise<number> =>
    (await post('/api/auth/verify', proof)).status

  test('opens one session, with Redis, without it, and after it forgot everything', async () => {
    const registered = await until(async () => {
      const proof = await prove('register').catch(() => undefined)
      const answer = proof && (await post('/api/auth/register', { username: 'ann', ...proof }))
      return answer?.ok
    })
    expect(registered).toBe(true)
    const used = await prove('login')
    expect([await verify(used), await verify(used)]).toEqual([200, 401])

    await redis.flush()
    expect(await verify(used)).toBe(401)

    await redis.kill()
    expect(await verify(used)).toBe(401)
    const another = await prove('login')
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => verify(another)))
    expect(outcomes.filter((status) => status === 200)).toHaveLength(1)

    await redis.start()
    expect([await verify(another), await verify(used)]).toEqual([401, 401])
  })
})

const doorIn = (log: string): string | undefined => /"url":"(http:[^"]+)"/.exec(log)?.[1]
