// Goal: the OpenAPI document is one, and every route in it is there.
// Method: a validator of the standard; then every operation, as a client would send its example.
import { Validator } from '@seriousme/openapi-schema-validator'
import { allContracts } from '@meshboard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Door, as, posting, startDoor } from './harness.ts'

interface Operation {
  operationId: string
  security: object[]
  parameters: { name: string; in: string; example?: unknown }[]
  requestBody?: { content: Record<string, { example: unknown }> }
}

let door: Door
let ann: ReturnType<typeof as>
let document: { paths: Record<string, Record<string, Operation>> }

beforeAll(async () => {
  // Not every service is there, and each is waited for.
  door = await startDoor({
    GATEWAY_UNSUCCESSFUL_ATTEMPTS_MAX: '1000',
    GATEWAY_CALL_MS_MAX: '500',
  })
  ann = as(door)
  document = (await (await fetch(`${door.url}/openapi.json`)).json()) as typeof document
})
afterAll(() => door.stop())

test('the validator finds no fault in it', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(structuredClone(document))
  expect(errors ?? []).toEqual([])
  expect(valid).toBe(true)
  expect(validator.version).toBe('3.1')
})

test('the validator would find a route without answers', async () => {
  const wrong = structuredClone(document) as { paths: Record<string, Record<string, object>> }
  wrong.paths['/api/earnings/summary'] = { get: { responses: 'none' } }
  expect((await new Validator().validate(wrong)).valid).toBe(false)
})

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

/** The request that the document's own examples make. */
const exampleRequest = (one: ReturnType<typeof operations>[number]) => {
  const { parameters, requestBody } = one.operation
  const placed = (place: string) => parameters.filter((parameter) => parameter.in === place)
  const path = placed('path').reduce(
    (text, { name, example }) => text.replace(`{${name}}`, encodeURIComponent(String(example))),
    one.path,
  )
  const query = new URLSearchParams(
    placed('query').map(({ name, example }) => [name, String(example)]),
  )
  const body = requestBody?.content['application/json']?.example
  const init = body === undefined ? {} : posting(body)
  return {
    path: `${path}?${query.toString()}`,
    init: { ...init, method: one.method.toUpperCase() },
  }
}

test('every route answers to its own example: it is there, and takes what the document says', async () => {
  const all = operations()
  expect(all.length).toBe(
    allContracts.flatMap(({ procedures }) =>
      Object.values(procedures).filter(({ http }) => http !== undefined),
    ).length,
  )
  for (const one of all) {
    const { path, init } = exampleRequest(one)
    const response = await ann(path, init)
    const { code } = (await response.json().catch(() => ({}))) as { code?: string }
    expect(response.headers.get('x-trace-id'), one.operation.operationId).toBeTruthy()
    const isPublic = one.operation.security.length === 0
    expect(
      [...(isPublic ? [404] : []), 400, 405, 413, 415, 422, 500, 501],
      `${one.operation.operationId} ${code}`,
    ).not.toContain(response.status)
  }
})

test('every route that wants a token says so to who has none', async () => {
  for (const one of operations().filter(({ operation }) => operation.security.length > 0)) {
    const { path, init } = exampleRequest(one)
    expect((await fetch(door.url + path, init)).status, one.operation.operationId).toBe(401)
  }
})
