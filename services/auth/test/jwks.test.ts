import { auth } from '@meshboard/contracts'
import { calculateJwkThumbprint } from 'jose'
import { expect, onTestFinished, test } from 'vitest'
import { startAuth } from './start-auth.ts'

test('every configured key is shown, and nothing secret of it', async () => {
  const { mesh, stop } = await startAuth({ keys: [2, 1] })
  onTestFinished(stop)
  const { keys } = await mesh.call(auth.procedures.jwks, {})
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(2)
  for (const key of keys) {
    const { kty, crv, x } = key
    const kid = await calculateJwkThumbprint({ kty, crv, x })
    expect(key).toEqual({ kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' })
  }
})
