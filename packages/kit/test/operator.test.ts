// Goal: an operator reads a stream to its end at whatever pace it takes.
// Method: a real broker, read as its operator.
import { type TestMesh, startTestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OPERATOR, type Operator, connectOperator, newId } from '../src/index.ts'

const MORE_THAN_A_PAGE = 130
const PACE_MS = 45
const LARGE_BYTES = 900_000
let mesh: TestMesh
let operator: Operator

beforeAll(async () => {
  mesh = await startTestMesh()
  operator = await connectOperator({
    servers: [mesh.nats.url],
    service: OPERATOR,
    user: OPERATOR,
    password: mesh.nats.passwordOf(OPERATOR),
  })
})
afterAll(async () => {
  await operator.close()
  await mesh.stop()
})

const store = async (user: string, { count, bytes }: { count: number; bytes: number }) => {
  const broker = await mesh.brokerOf('network')
  const subject = `evt.network.uptime.${user}`
  for (let n = 0; n < count; n += 1)
    await broker.store('EVT_NETWORK', subject, new Uint8Array(bytes), {
      id: newId('event'),
      headers: {},
      deadline: Date.now() + 5_000,
    })
  return { subject, from: { seq: 1 } }
}

const count = async (read: AsyncIterable<unknown>): Promise<number> => {
  let messages = 0
  for await (const _ of read) messages += 1
  return messages
}

test('a read goes on after its reader took longer over a page than the library waits', async () => {
  const asked = await store(newId('user'), { count: MORE_THAN_A_PAGE, bytes: 2 })
  let messages = 0
  for await (const _ of operator.read('EVT_NETWORK', asked)) {
    messages += 1
    await new Promise((resume) => setTimeout(resume, PACE_MS))
  }
  expect(messages).toBe(MORE_THAN_A_PAGE)
}, 20_000)

test('messages that are too large to be read at once are all read', async () => {
  const asked = await store(newId('user'), { count: 20, bytes: LARGE_BYTES })
  expect(await count(operator.read('EVT_NETWORK', asked))).toBe(20)
})

test('a subject that the stream has nothing of is read as nothing', async () => {
  const asked = { subject: `evt.network.uptime.${newId('user')}`, from: { seq: 1 } }
  expect(await count(operator.read('EVT_NETWORK', asked))).toBe(0)
})
