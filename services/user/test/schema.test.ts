import { dumpSchema } from '@meshboard/db'
import { startTestMesh } from '@meshboard/testkit'
import { expect, onTestFinished, test } from 'vitest'

test('the migrated schema is the committed one', async () => {
  const mesh = await startTestMesh()
  onTestFinished(() => mesh.stop())
  await expect(await dumpSchema(mesh.admin, 'user')).toMatchFileSnapshot('schema.sql')
})
