// Goal: a key makes an account and signs in over HTTP, and learns why not.
// Method: a gateway of the test's own that verifies what is signed.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateKey, register, signIn } from '../src/index.ts'
import { startTestGateway, type TestGateway } from './test-edge.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

test('a key registers with proof that it is held, and then signs in', async () => {
  const { key } = await generateKey()
  const gatewayUrl = gateway.url
  const registered = await register({ gatewayUrl, key, username: 'ann', label: 'laptop' })
  expect(registered).toMatchObject({ username: 'ann', access_token: 'header.payload.signature' })
  expect(await signIn({ gatewayUrl, key })).toMatchObject({ user_id: registered.user_id })
})

test('a refusal arrives as the failure of the problem document', async () => {
  const [one, other] = [await generateKey(), await generateKey()]
  const gatewayUrl = gateway.url
  await register({ gatewayUrl, key: one.key, username: 'bob' })
  const again = register({ gatewayUrl, key: other.key, username: 'bob' })
  await expect(again).rejects.toMatchObject({ code: 'conflict', message: 'That name is taken.' })
  await expect(signIn({ gatewayUrl, key: other.key })).rejects.toMatchObject({
    code: 'unknown_key',
  })
})

test('a signature for another mesh is refused', async () => {
  const { key } = await generateKey()
  const call = signIn({ gatewayUrl: gateway.url, key, audience: 'elsewhere' })
  await expect(call).rejects.toMatchObject({ code: 'invalid_signature' })
})

test('a gateway that is not there is a connection error with the reason', async () => {
  const { key } = await generateKey()
  const closed = await startTestGateway()
  await closed.stop()
  const call = signIn({ gatewayUrl: closed.url, key })
  await expect(call).rejects.toMatchObject({
    code: 'connection_error',
    message: expect.stringContaining('ECONNREFUSED') as string,
  })
})
