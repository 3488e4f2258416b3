// Goal: where no trace is recorded, what fails is found all the same, from either door.
// Method: `up` that records no new trace; calls that succeed and calls that fail, over REST and by the SDK.
import { createClient } from '@meshboard/client'
import { Failure, network } from '@meshboard/contracts'
import { until } from '@meshboard/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, refusedOverRest, signUp } from './people.ts'
import { overRest } from './rest.ts'
import { pathsShown, spansShown } from './traces.ts'
import { Up } from './up.ts'

// A mesh of its own is too much for the ordinary run; the parts of this are tested there one by one.
describe.runIf(process.env['MESH_TEST_FULL'] === '1')('with a share of 0', () => {
  let up: Up
  let ann: Person
  const nobodys = { connection_id: 'con_01m7ypdhrge8hafxde6dcny8p9' }

  beforeAll(async () => {
    up = await Up.start({ MESH_TRACES: 'on', OTEL_TRACES_SAMPLER_ARG: '0' })
    ann = await signUp(up, 'ann')
  })
  afterAll(() => up.remove())

  const traceOf = (refusal: string) => /"trace_id":"(\w{32})"/.exec(refusal)?.[1] ?? ''

  test('a request that fails is shown at each hop, by the trace id of its answer', async () => {
    const { token } = ann
    await overRest(up, network.procedures.list, { token })
    const refusal = await refusedOverRest(up, network.procedures.get, { token, input: nobodys })
    await until(async () => (await pathsShown(up, traceOf(refusal))).length === 3)
    const request = 'gateway GET /api/networks/{connection_id}'
    expect(await pathsShown(up, traceOf(refusal))).toEqual([
      request,
      `${request} > gateway network.get`,
      `${request} > gateway network.get > network network.get`,
    ])
  })

  test('so is a call over the socket', async () => {
    const url = `${await up.urlOf('edge')}/ws/v1`
    const client = createClient({ url, credentials: { token: () => ann.token } })
    await client.connect()
    await client.network.list({})
    const refusal: unknown = await client.network.get(nobodys).catch((error: unknown) => error)
    client.close()
    const trace = refusal instanceof Failure ? (refusal.traceId ?? '') : ''
    await until(async () => (await pathsShown(up, trace)).length === 3)
    expect(await pathsShown(up, trace)).toEqual([
      'edge ws call',
      'edge ws call > edge network.get',
      'edge ws call > edge network.get > network network.get',
    ])
    expect((await spansShown(up, trace)).map(({ attributes }) => attributes['error.type'])).toEqual(
      Array.from({ length: 3 }, () => 'not_found'),
    )
  })

  test('what went well is not shown', async () => {
    const { traces = '' } = (await up.facts())?.urls ?? {}
    const shown = (await (await fetch(`${traces}/api/traces`)).json()) as {
      traces: { name: string; spans: number; failed_spans: number }[]
    }
    expect(shown.traces.filter(({ spans, failed_spans }) => failed_spans < spans)).toEqual([])
    expect(shown.traces.map(({ name }) => name)).not.toContain('GET /api/networks')
  })
})
