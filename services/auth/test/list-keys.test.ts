import { auth } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { createDevice, prove, register } from './device.ts'
import { asCaller } from './person.ts'
import { startAuth } from './start-auth.ts'

test("the caller's keys are listed, the newest first, and nobody else's", async () => {
  const { mesh, stop } = await startAuth()
  const devices = [createDevice(), createDevice(), createDevice()]
  const [first = createDevice(), ...others] = devices
  const caller = asCaller(await register(mesh, first))
  await register(mesh, createDevice())
  for (const device of others)
    await mesh.call(
      auth.procedures.addKey,
      await prove(mesh, { device, purpose: 'link_key' }),
      caller,
    )
  const { keys } = await mesh.call(auth.procedures.listKeys, {}, caller)
  expect(keys.map(({ public_key }) => public_key)).toEqual(
    devices.map(({ publicKey }) => publicKey).toReversed(),
  )
  expect(keys.map((key) => 'last_used_at' in key)).toEqual([false, false, true])
  await stop()
})
