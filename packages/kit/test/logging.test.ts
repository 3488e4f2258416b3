// Goal: every line within a call says which call, trace and user it belongs to, and none has a secret.
// Method: the real user service as a process that logs everything; calls sent as a caller would.
import { HEADERS, rpcSubject } from '@meshboard/contracts'
import { type TestMesh, type TestUser, startTestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { encodeJson, newId } from '../src/index.ts'
import { ServiceProcess } from './service-process.ts'

const TRACE = 'a9b4c730da90846dc0c3f967fb1205c2'
// Processes start, one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 })

let mesh: TestMesh
let one: ServiceProcess
let ann: TestUser

beforeAll(async () => {
  mesh = await startTestMesh()
  ann = await mesh.user()
  const at = new Date()
  const profile = { user_id: ann.userId, username: 'ann', created_at: at, updated_at: at }
  await mesh.admin('user.profiles').insert(profile)
  one = ServiceProcess.start('user', { ...mesh.environmentOf('user'), LOG_LEVEL: 'trace' })
  await one.ready()
})
afterAll(async () => {
  await one.stop()
  await mesh.stop()
})

/** One call of `update`; gives the lines that belong to it. */
const update = async (body: unknown, headers: Record<string, string> = {}) => {
  const callId = newId('event')
  const broker = await mesh.brokerOf('operator')
  await broker.request(rpcSubject('user', 'update'), encodeJson(body), {
    headers: {
      [HEADERS.callId]: callId,
      [HEADERS.traceparent]: `00-${TRACE}-b1037f0582c57001-01`,
      [HEADERS.token]: ann.token,
      ...headers,
    },
    deadline: Date.now() + 2_000,
  })
  const ofCall = () => one.log.filter((line) => line['call_id'] === callId)
  await until(() => ofCall().some(({ msg }) => String(msg).startsWith('call ')))
  return ofCall()
}

test('a line of a call has its call, its trace and who it is for', async () => {
  expect(await update({ description: 'Ann' })).toContainEqual(
    expect.objectContaining({
      msg: 'call answered',
      procedure: 'user.update',
      trace_id: TRACE,
      user_id: ann.userId,
      outcome: 'ok',
    }),
  )
})

test('a line deep within a failing call has them too, and nothing that was sent', async () => {
  await mesh.admin.raw('alter table "user".profiles rename column description to was_description')
  const lines = await update({ description: 'hunter2-planted' })
  await mesh.admin.raw('alter table "user".profiles rename column was_description to description')
  const [failed] = lines.filter(({ level }) => level === 'error')
  expect(failed).toMatchObject({ trace_id: TRACE, user_id: ann.userId, outcome: 'internal' })
  expect(one.text).not.toContain('hunter2-planted')
  expect(one.text).not.toContain(ann.token)
})

test('before it is proven who calls, a line names nobody', async () => {
  const [refused] = await update({}, { [HEADERS.token]: `${ann.token.slice(0, -4)}AAAA` })
  expect(refused).toMatchObject({ outcome: 'unauthorized', trace_id: TRACE })
  expect(refused).not.toHaveProperty('user_id')
})
