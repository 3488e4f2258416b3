// Goal: one service answers both majors of a procedure while its callers move.
// Method: the real kit and broker; a contract with both, under a name that the broker knows.
import { contract, procedure } from '@meshboard/contracts'
import { type TestMesh, startTestMesh } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { defineConfig, defineService, handler, rightsOf } from '../src/index.ts'

const spec = { summary: '', access: 'public', timeoutMs: 2_000 } as const
const convert = procedure({
  ...spec,
  name: 'network.convert',
  input: z.object({ kilometres: z.number() }),
  output: z.object({ miles: z.number() }),
})
const convertNew = procedure({
  ...spec,
  name: 'network.v2.convert',
  input: z.object({ metres: z.int() }),
  output: z.object({ feet: z.int() }),
})
const both = contract('network', {
  version: '2.0.0',
  owner: '',
  summary: '',
  procedures: { convert, 'v2.convert': convertNew },
  events: {},
  channels: {},
})
const service = defineService({
  contract: both,
  config: defineConfig({}),
  uses: { calls: [] },
  open: () => Promise.resolve({}),
  procedures: {
    convert: handler(convert, async ({ input }) => ({ miles: input.kilometres * 0.62 })),
    'v2.convert': handler(convertNew, async ({ input }) => ({
      feet: Math.round(input.metres * 3.28),
    })),
  },
})

let mesh: TestMesh
beforeEach(async () => {
  mesh = await startTestMesh()
  await mesh.start(service)
})
afterEach(() => mesh.stop())

test('callers of either major get its own answer, judged by its own schema', async () => {
  expect(await mesh.call(convert, { kilometres: 10 })).toEqual({ miles: 6.2 })
  expect(await mesh.call(convertNew, { metres: 10 })).toEqual({ feet: 33 })
  const refused = await mesh.callFails(convertNew, { kilometres: 10 } as never)
  expect([refused.code, Object.keys(refused.fields ?? {})]).toEqual(['invalid', ['metres']])
})

test('a major that the service has not is unsupported', async () => {
  const third = { ...convertNew, name: 'network.v3.convert' as const }
  expect((await mesh.callFails(third, { metres: 1 })).code).toBe('unsupported')
})

test('a service may call the major it names and not the other', () => {
  const { publish } = rightsOf({
    service: 'user',
    contract: undefined,
    consumers: [],
    uses: { calls: [convertNew] },
    isolated: false,
  })
  expect(publish).toContain('rpc.network.v2.convert')
  expect(publish).not.toContain('rpc.network.convert')
})
