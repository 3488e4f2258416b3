// Goal: a client calls a new major as it calls the old one.
// Method: an edge whose answers the test decides; a contract with both majors for the types.
import { contract, earnings, network, procedure } from '@meshboard/contracts'
import { expect, expectTypeOf, test } from 'vitest'
import type { CallsOf } from '../src/index.ts'
import { aClient, anEdge } from './parts.ts'

const spec = { summary: '', access: 'user', socket: true, timeoutMs: 1 } as const
const { input, output } = network.procedures.echo
const { input: other } = earnings.procedures.explain
const shop = contract('shop', {
  version: '2.0.0',
  owner: '',
  summary: '',
  procedures: {
    buy: procedure({ ...spec, name: 'shop.buy', input, output }),
    'v2.buy': procedure({ ...spec, name: 'shop.v2.buy', input: other, output }),
    'v2.audit': procedure({ ...spec, socket: false, name: 'shop.v2.audit', input, output }),
  },
  events: {},
  channels: {},
})

test('each major is a method of its own', async () => {
  const edge = await anEdge()
  edge.procedures['shop.buy'] = ({ data }: { data: string }) => ({ data })
  edge.procedures['shop.v2.buy'] = ({ entry_id: id }: { entry_id: string }) => ({
    data: `new ${id}`,
  })
  const client = await aClient(edge)
  await client.connect()
  const calls = (client as unknown as { shop: CallsOf<typeof shop> }).shop
  expect(await calls.buy({ data: 'old' })).toEqual({ data: 'old' })
  expect(await calls.v2.buy({ entry_id: '7' })).toEqual({ data: 'new 7' })
})

test('the types know each major, and only what a socket may call', () => {
  type Shop = CallsOf<typeof shop>
  expectTypeOf<keyof Shop>().toEqualTypeOf<'buy' | 'v2'>()
  expectTypeOf<keyof Shop['v2']>().toEqualTypeOf<'buy'>()
  expectTypeOf<Parameters<Shop['v2']['buy']>[0]>().toEqualTypeOf<{ entry_id: string }>()
})
