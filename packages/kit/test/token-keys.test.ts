// Goal: those who come first do not wait for the keys that their tokens are checked with.
// Method: a service that checks tokens and has none to check; the test answers as auth.
import { rpcSubjects } from '@meshboard/contracts'
import { type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, test } from 'vitest'
import { encodeJson } from '../src/index.ts'
import { fakeNetwork } from './fake-network.ts'

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startTestMesh()
})
afterAll(() => mesh.stop())

test('a service asks for the keys of tokens as it starts', async () => {
  const asked: string[] = []
  const broker = await mesh.brokerOf('auth')
  const serving = await broker.serve(rpcSubjects('auth'), 'auth', ({ subject, reply = '' }) => {
    asked.push(subject)
    broker.publish(reply, encodeJson({ keys: [], session_ids: [] }))
  })
  await mesh.start(fakeNetwork({}))
  await until(() => asked.some((subject) => subject.endsWith('.jwks')))
  await serving.stop()
})
