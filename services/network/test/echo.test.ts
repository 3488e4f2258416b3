import { network } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { startNetwork } from './start-network.ts'

test('what a device sends comes back as it is', async () => {
  const mesh = await startNetwork()
  const data = 'é🙂 "x" '.repeat(6_000)
  expect(await mesh.call(network.procedures.echo, { data }, await mesh.user())).toEqual({ data })
  await mesh.stop()
})
