// Goal: whoever asks the door is shown the whole mesh, by pages that hold what they need.
// Method: the pages and documents as a browser gets them, from the real gateway.
import { type Contract, allContracts } from '@meshboard/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Door, problemOf, startDoor } from './harness.ts'
import { rawRequest } from './raw-request.ts'

let door: Door
beforeAll(async () => {
  door = await startDoor()
})
afterAll(() => door.stop())

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(door.url + path, { headers })
const declaredOf = ({ procedures, events }: Contract) => [
  ...Object.keys(procedures),
  ...Object.keys(events),
]

test.each(allContracts)('the page of $name has all that it declares', async (contract) => {
  const response = await get(`/catalog/${contract.name}`)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  const html = await response.text()
  for (const local of declaredOf(contract)) expect(html).toContain(`id="${local}"`)
  for (const name of Object.keys(contract.channels)) expect(html).toContain(`id="channel-${name}"`)
  expect(html).toContain(contract.owner)
})

test('the first page leads to every service and door', async () => {
  const html = await (await get('/catalog')).text()
  for (const name of [...allContracts.map((one) => one.name), 'edge', 'gateway'])
    expect(html).toContain(`href="/catalog/${name}"`)
})

test('who calls and who consumes is told', async () => {
  const catalog = (await (await get('/catalog.json')).json()) as {
    services: {
      name: string
      procedures: { name: string; called_by: string[] }[]
      events: { name: string; consumed_by: object[] }[]
    }[]
  }
  const earnings = catalog.services.find(({ name }) => name === 'earnings')
  expect(earnings?.procedures.find(({ name }) => name === 'earnings.getSummary')).toMatchObject({
    called_by: ['edge', 'gateway'],
  })
  const credited = earnings?.events.find(({ name }) => name === 'earnings.credited')
  expect(credited?.consumed_by).toContainEqual({
    service: 'referral',
    consumer: 'rewardOnCredited',
  })
})

test('programs get the mesh as AsyncAPI, and as Backstage reads it', async () => {
  expect(await (await get('/asyncapi.json')).json()).toMatchObject({ asyncapi: '3.0.0' })
  const backstage = await (await get('/catalog-info.yaml')).text()
  const entities = backstage
    .split('---\n')
    .slice(1)
    .map((text) => JSON.parse(text) as object)
  for (const { name, owner } of allContracts) {
    const spec = { owner, type: 'service' }
    expect(entities).toContainEqual(
      expect.objectContaining({
        kind: 'Component',
        metadata: expect.objectContaining({ name }),
        spec: expect.objectContaining(spec),
      }),
    )
  }
})

test.each(['/catalog/nothing', '/catalog/', '/catalog/earnings/getSummary', '/catalogue'])(
  '%s is answered with 404 and a problem document',
  async (path) => {
    const response = await get(path)
    expect(response.status).toBe(404)
    expect((await problemOf(response)).code).toBe('not_found')
  },
)

/** What a page loads by itself. */
const loadedBy = (html: string): string[] =>
  [...html.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="([^"]+)"/g)].map(
    ([, path = '']) => path,
  )

describe.each(['/catalog', '/catalog/earnings', '/docs', '/', '/failures'])('%s', (path) => {
  test('loads only what this door serves, as a policy says that it must', async () => {
    const response = await get(path, { accept: 'text/html' })
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:|\*/)
    const loaded = loadedBy(await response.text()).filter((one) => one !== 'data:,')
    expect(loaded.length).toBeGreaterThan(0)
    for (const one of loaded) {
      expect(one).toMatch(/^\/\w/)
      expect((await get(one)).status, one).toBe(200)
    }
  })

  test('has nothing in it that the policy forbids', async () => {
    const html = await (await get(path, { accept: 'text/html' })).text()
    expect(html).not.toMatch(/<style|\sstyle="|\son\w+="|<script(?![^>]*\ssrc=)/)
  })
})

test('who has a page already is told that it has not changed', async () => {
  const asking = (etag: string) =>
    rawRequest(`${door.url}/catalog`, { headers: { 'if-none-match': etag } })
  const { etag = '' } = (await asking('"another"')).headers
  const again = await asking(etag)
  expect([again.status, again.body.length]).toEqual([304, 0])
  expect((await asking('"another"')).status).toBe(200)
})

test('a page is sent as short as the client takes it', async () => {
  const sent = (encoding: string) =>
    rawRequest(`${door.url}/docs/scalar.js`, { headers: { 'accept-encoding': encoding } })
  const [packed, plain] = [await sent('gzip, br'), await sent('identity')]
  expect(packed.headers['content-encoding']).toBe('br')
  expect(packed.body.length).toBeLessThan(plain.body.length / 2)
  expect(plain.headers['content-encoding']).toBeUndefined()
})

test('a door that is told to hides the catalog, and nothing else', async () => {
  const hiding = await door.another({ GATEWAY_CATALOG: 'hidden' })
  const status = async (path: string) => (await fetch(hiding.url + path)).status
  for (const path of ['/catalog', '/catalog/earnings', '/catalog.json', '/asyncapi.json'])
    expect(await status(path), path).toBe(404)
  expect(await status('/catalog-info.yaml')).toBe(404)
  expect(await status('/docs')).toBe(200)
  expect(await status('/openapi.json')).toBe(200)
  await hiding.stop()
})
