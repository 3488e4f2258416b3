import { network } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { expect, test } from 'vitest'
import { startDevice, startNetwork } from './start-network.ts'

const { get } = network.procedures

test('a connection is shown to its user and to nobody else', async () => {
  const mesh = await startNetwork()
  const { user, connection } = await startDevice(mesh)
  const input = { connection_id: connection.id }
  expect(await mesh.call(get, input, user)).toEqual(connection)
  expect(await mesh.callFails(get, input, await mesh.user())).toMatchObject({ code: 'not_found' })
  expect(await mesh.callFails(get, { connection_id: newId('connection') }, user)).toMatchObject({
    code: 'not_found',
  })
  expect(await mesh.callFails(get, input)).toMatchObject({ code: 'unauthorized' })
  await mesh.stop()
})
