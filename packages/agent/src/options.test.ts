import { DeviceId } from '@meshboard/contracts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deviceIdOf, readOrder } from './options.ts'

beforeEach(() => {
  vi.stubEnv('MESH_SERVER', undefined)
  vi.stubEnv('MESH_GATEWAY', undefined)
})
afterEach(() => void vi.unstubAllEnvs())

const read = (line: string) => readOrder(['node', 'agent', ...line.split(' ').filter(Boolean)])

test('without a word it is a device of the mesh on this machine', () => {
  const expected = { server: 'ws://localhost:8081', gateway: 'http://localhost:8080', every: 30 }
  expect(read('')).toMatchObject({
    task: 'run',
    options: { ...expected, echoEvery: 5, json: false },
  })
})

test('the environment names the mesh and the command line wins', () => {
  vi.stubEnv('MESH_SERVER', 'ws://one:1')
  vi.stubEnv('MESH_GATEWAY', 'http://one:2')
  const { options } = read('--server wss://two')
  expect(options).toMatchObject({ server: 'wss://two', gateway: 'http://one:2' })
})

test('addresses may be plain or encrypted', () => {
  const plain = read('--server ws://one --gateway http://one')
  expect(plain.options).toMatchObject({ server: 'ws://one', gateway: 'http://one' })
  const encrypted = read('--server wss://one --gateway https://one')
  expect(encrypted.options).toMatchObject({ server: 'wss://one', gateway: 'https://one' })
})

test('options may stand on either side of token', () => {
  expect(read('token --key a.key')).toMatchObject({ task: 'token', options: { key: 'a.key' } })
  expect(read('--key a.key token')).toMatchObject({ task: 'token', options: { key: 'a.key' } })
})

test('a device id fits the grammar whatever the host is called', () => {
  const ids = ['bob’s laptop.local', 'x'.repeat(200)].map((host) => deviceIdOf('0123456789', host))
  expect(ids[0]).toBe('bob-s-laptop-local-01234567')
  for (const id of ids) expect(DeviceId.safeParse(id).success).toBe(true)
})
