// Goal: as a program, mesh keeps output and messages apart, ends with its codes and says what is wrong.
// Method: child processes, as a person or a script starts them, against a real broker.
import { network } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accrual, bury, operatorEnvironment, startProcess } from './cli.ts'

let mesh: TestMesh

beforeAll(async () => {
  mesh = await startTestMesh()
})
afterAll(() => mesh.stop())

const start = (args: string, env: Record<string, string> = {}) =>
  startProcess(args.split(' '), { ...operatorEnvironment(mesh), ...env })

test('output goes to standard output, and nothing else does', async () => {
  await bury(mesh)
  const ls = start('dead ls --json')
  expect(await ls.ended).toBe(0)
  expect(ls.lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ seq: 1 }])
  expect(ls.errors).toEqual([])
})

test('a broker that is away is one clear line and exit code 1', async () => {
  const commands = ['services', 'call earnings.getSummary']
  const runs = commands.map((command) => start(command, { NATS_URL: 'nats://127.0.0.1:1' }))
  for (const away of runs) {
    expect(await away.ended).toBe(1)
    expect(away.lines).toEqual([])
    expect(away.errors).toHaveLength(1)
    expect(away.errors[0]).toContain('127.0.0.1:1 does not answer')
    expect(away.errors[0]).toContain('npm run up')
  }
})

test('a password that the broker does not know is one clear line and exit code 1', async () => {
  const refused = start('lag', { NATS_PASSWORD_OPERATOR: 'wrong' })
  expect(await refused.ended).toBe(1)
  expect(refused.errors).toHaveLength(1)
  expect(refused.errors[0]).toContain('Set NATS_PASSWORD_OPERATOR')
})

test('help is output and exit code 0; what is not understood is a message and exit code 2', async () => {
  const [help, wrong] = [start('dead redrive --help'), start('dead redirve')]
  expect(await help.ended).toBe(0)
  expect(help.lines.join('\n')).toContain('--reason <text>')
  expect(await wrong.ended).toBe(2)
  expect(wrong.lines).toEqual([])
  expect(wrong.errors.join('\n')).toContain('redrive')
})

test('Ctrl-C ends a tail with exit code 0', async () => {
  const tail = start('tail --json')
  await until(async () => {
    await mesh.deliver(network.events.uptimeAccrued, accrual(newId('user')))
    return tail.lines.length > 0
  })
  tail.stop()
  expect(await tail.ended).toBe(0)
})

test('input that is piped in is read, and a pipe is never asked', async () => {
  await bury(mesh)
  await bury(mesh)
  const call = start('call earnings.getSummary - --timeout 3000 --json')
  call.stdin.end('{}')
  const redrive = start('dead redrive --all --reason mended')
  redrive.stdin.end('y\n')
  expect(await call.ended).toBe(1)
  expect(call.lines[0]).toContain('"code":"unavailable"')
  expect(await redrive.ended).toBe(2)
  expect(redrive.errors.join('\n')).toContain('Say so with --yes')
})
