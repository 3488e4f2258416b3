// Goal: a process that cannot go on ends loudly, and one that is short of something sheds and recovers.
// Method: processes that misbehave; the real edge with 256 file descriptors.
// Shows: P6
import { once } from 'node:events'
import { type Socket, connect } from 'node:net'
import { type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { ServiceProcess } from './service-process.ts'

const FIXTURE = 'packages/kit/test/life-process.ts'
const DESCRIPTORS = 256
// Processes start, one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 })

let mesh: TestMesh
const started: ServiceProcess[] = []

beforeAll(async () => {
  mesh = await startTestMesh()
})
afterEach(async () => {
  for (const one of started.splice(0)) if (one.alive) await one.stop('SIGKILL')
})
afterAll(() => mesh.stop())

const misbehave = (
  kind: string,
  { env = {}, node = [] }: { env?: Record<string, string>; node?: string[] } = {},
): ServiceProcess => {
  const own = { ...mesh.environmentOf('gateway'), LOG_LEVEL: 'info', MISBEHAVIOUR: kind, ...env }
  const one = ServiceProcess.run(FIXTURE, own, { node })
  started.push(one)
  return one
}

test('what nobody expected ends the process with 1, and the log has its cause', async () => {
  const both = [misbehave('rejection'), misbehave('exception')]
  expect(await Promise.all(both.map((one) => one.ended()))).toEqual([1, 1])
  for (const one of both) {
    expect(one.log.at(-1)).toMatchObject({
      level: 'fatal',
      err: { message: expect.stringMatching(/^nobody/) as string },
    })
  }
})

test('a process without memory ends loudly', async () => {
  const one = misbehave('memory', { node: ['--max-old-space-size=48'] })
  expect(await one.ended()).toBe('SIGABRT')
  expect(one.text).toContain('heap out of memory')
})

test('a stop that takes too long ends the process with 1, and so does a second signal', async () => {
  const late = misbehave('never-stops', { env: { STOP_MS_MAX: '200' } })
  const twice = misbehave('never-stops')
  await Promise.all([late.ready(), twice.ready()])
  twice.child.kill('SIGTERM')
  await twice.said(/not ready any more/)
  expect(await twice.stop()).toBe(1)
  expect(await late.stop()).toBe(1)
  expect(late.log.at(-1)).toMatchObject({ level: 'fatal' })
})

test('an edge that is out of file descriptors sheds connections, lives, and takes new ones later', async () => {
  const env = { ...mesh.environmentOf('edge'), LOG_LEVEL: 'info', EDGE_PORT: '0' }
  const one = ServiceProcess.start('edge', env, `ulimit -n ${DESCRIPTORS}`)
  started.push(one)
  await one.ready()
  const { port } = (await one.said(/doors open/)) as unknown as { port: number }
  const sockets: Socket[] = []
  for (let count = 0; count < DESCRIPTORS * 2; count += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    sockets.push(socket)
  }
  await until(() => sockets.filter(({ closed }) => closed).length > DESCRIPTORS / 2, {
    late: 'no connection was shed',
  })
  expect(one.alive).toBe(true)
  for (const socket of sockets) socket.destroy()
  const answered = async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    socket.end('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    const first = await Promise.race([once(socket, 'data'), once(socket, 'close')])
    return String(first[0]).startsWith('HTTP/1.1 426')
  }
  await until(answered, { late: 'the door never opened again' })
  await one.ready()
  expect(await one.stop()).toBe(0)
})
