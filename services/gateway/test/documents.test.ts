// Goal: what the door says of itself is true and complete.
// Method: the documents as a client gets them, held against the contracts.
// Shows: H5 (part)
import { ANY_CALL, FAILURES, allContracts } from '@meshboard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Door, posting, startDoor } from './harness.ts'

interface Operation {
  operationId: string
  tags: string[]
  security: object[]
  parameters: { name?: string; in?: string; required?: boolean; schema?: object; $ref?: string }[]
  requestBody?: { required: boolean; content: Record<string, { schema: Record<string, unknown> }> }
  responses: Record<string, { headers?: object; content?: Record<string, { schema: object }> }>
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  tags: { name: string }[]
  components: Record<string, Record<string, object>>
}

let door: Door
let document: Document

beforeAll(async () => {
  door = await startDoor({ GATEWAY_CORS_ORIGINS: 'https://board.example' })
  document = (await (await fetch(`${door.url}/openapi.json`)).json()) as Document
})
afterAll(() => door.stop())

const operation = (id: string): Operation => {
  const all = Object.values(document.paths).flatMap((path) => Object.values(path))
  const found = all.find(({ operationId }) => operationId === id)
  if (!found) throw new Error(`${id} is not in the document`)
  return found
}

test('every route of every contract is in the document, and no other', () => {
  const declared = allContracts.flatMap(({ procedures }) =>
    Object.values(procedures).flatMap(({ http, name }) => (http ? [`${http} ${name}`] : [])),
  )
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) =>
      [method.toUpperCase(), path, operationId].join(' '),
    ),
  )
  expect(described.toSorted()).toEqual(declared.toSorted())
  expect(document.openapi).toBe('3.1.0')
})

test('every reference of the document leads somewhere', () => {
  const references = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)
  let count = 0
  for (const [, pointer = ''] of references) {
    const found = pointer
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document)
    expect(found, pointer).toBeTypeOf('object')
    count += 1
  }
  expect(count).toBeGreaterThan(0)
})

test('every parameter of a path is described and required, and in no body', () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    for (const { parameters, requestBody } of Object.values(methods)) {
      const described = parameters.filter((one) => one.in === 'path' && one.required && one.schema)
      expect(described.map(({ name }) => name)).toEqual(inPath)
      const schema = requestBody?.content['application/json']?.schema
      for (const name of inPath) expect(JSON.stringify(schema ?? {})).not.toContain(`"${name}"`)
    }
  }
})

test('a question has its input in the query, an order in the body', () => {
  const history = operation('earnings.listEntries')
  expect(history.requestBody).toBeUndefined()
  expect(history.parameters).toMatchObject([
    { name: 'limit', in: 'query', required: false, schema: { type: 'integer', maximum: 100 } },
    { name: 'cursor', in: 'query', required: false },
  ])
  const connect = operation('network.connect')
  const schema = connect.requestBody?.content['application/json']?.schema
  expect(schema).toMatchObject({ type: 'object', required: ['device_id', 'network_name'] })
  expect(connect.parameters).toEqual([{ $ref: '#/components/parameters/IdempotencyKey' }])
})

test('success has the status the route answers with', () => {
  expect(operation('network.connect').responses['201']?.headers).toHaveProperty('Location')
  expect(operation('network.disconnect').responses['204']).not.toHaveProperty('content')
  expect(operation('network.list').responses['200']).toHaveProperty('content')
})

test('every declared failure, and every one that any call may have, is a response', () => {
  const responses = JSON.stringify(operation('auth.register').responses)
  for (const code of ['conflict', 'invalid_signature', 'invalid', 'rate_limited', 'too_large'])
    expect(responses).toContain(`"${code}"`)
  const asked = operation('earnings.explain').responses
  for (const code of ANY_CALL.filter((one) => one !== 'message_parse_error'))
    expect(JSON.stringify(asked[FAILURES[code].status])).toContain(`"${code}"`)
  expect(asked).not.toHaveProperty('415')
})

test('only what needs a token asks for one', () => {
  expect(operation('auth.jwks').security).toEqual([])
  expect(operation('auth.jwks').responses).not.toHaveProperty('401')
  expect(operation('network.list').security).toEqual([{ token: [] }])
  expect(document.components['securitySchemes']).toHaveProperty('token')
})

test('the type of a problem leads to where its code is explained', async () => {
  const problem = (await (await fetch(`${door.url}/nothing`)).json()) as { type: string }
  const [path = '', anchor] = problem.type.split('#')
  const html = await (await fetch(door.url + path, { headers: { accept: 'text/html' } })).text()
  expect(html).toContain(`id="${anchor}"`)
  const json = (await (await fetch(door.url + path)).json()) as { failures: { code: string }[] }
  const codes = json.failures.map(({ code }) => code)
  expect(codes).toEqual(expect.arrayContaining([...Object.keys(FAILURES), 'method_not_allowed']))
  expect(codes).toContain(anchor)
})

test('the first page names the ways in', async () => {
  const response = await fetch(door.url)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  const html = await response.text()
  for (const way of ['/openapi.json', '/failures', '/ws/v1', 'GET /api/networks'])
    expect(html).toContain(way)
})

test('no answer may be run, framed or sniffed', async () => {
  const { headers } = await fetch(`${door.url}/nothing`)
  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('strict-transport-security')).toBeNull()
  expect(headers.get('x-powered-by')).toBeNull()
})

test('pages of a known origin may call, those of another get no leave', async () => {
  const preflight = (origin: string) =>
    fetch(`${door.url}/api/networks`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
  const known = await preflight('https://board.example')
  expect(known.status).toBe(204)
  expect(known.headers.get('access-control-allow-origin')).toBe('https://board.example')
  expect(known.headers.get('access-control-allow-headers')).toContain('idempotency-key')
  expect(known.headers.get('access-control-allow-credentials')).toBeNull()
  const other = await preflight('https://evil.example')
  expect(other.headers.get('access-control-allow-origin')).toBeNull()
  const refused = await fetch(`${door.url}/api/networks`, {
    ...posting('{}'),
    headers: { origin: 'https://board.example' },
  })
  expect(refused.status).toBe(401)
  expect(refused.headers.get('access-control-allow-origin')).toBe('https://board.example')
  expect(refused.headers.get('access-control-expose-headers')).toContain('retry-after')
})
