import { startTestMesh } from '@meshboard/testkit'
import { expect, test } from 'vitest'
import type { Deps } from '../src/deps.ts'
import { service } from '../src/index.ts'

test("the service's role cannot change who brought whom, nor a code, nor forget either", async () => {
  const mesh = await startTestMesh()
  const { database } = (await mesh.start(service)).deps as Deps
  for (const statement of [
    "update referrals set referrer_id = 'usr_eve'",
    "update referrals set referee_id = 'usr_eve'",
    'update referrals set level = 1',
    "update referrals set code = 'EVE-2222'",
    'delete from referrals',
    'truncate referrals',
    "update codes set code = 'EVE-2222'",
    "update codes set user_id = 'usr_eve'",
    'delete from codes',
  ])
    await expect(database.query.raw(statement)).rejects.toThrow('permission denied')
  await mesh.stop()
})
