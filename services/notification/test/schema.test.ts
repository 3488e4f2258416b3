import { dumpSchema } from '@meshboard/db'
import { startTestMesh } from '@meshboard/testkit'
import { expect, test } from 'vitest'

test('the migrated schema is the committed one', async () => {
  const mesh = await startTestMesh()
  await expect(await dumpSchema(mesh.admin, 'notification')).toMatchFileSnapshot('schema.sql')
  await mesh.stop()
})
