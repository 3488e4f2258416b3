import { allContracts, type JsonSchema, localName, serviceOf } from '@meshboard/contracts'
import { exampleOf } from '@meshboard/catalog'
import { type ContractRoute, contractRoutes, isEmpty } from './contract-routes.ts'
import { PROBLEM, problemResponses } from './openapi-problems.ts'

/** An OpenAPI document, as far as we write one. */
export interface OpenApi {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>
  readonly components: Readonly<Record<string, object>>
}

/** The REST routes of all contracts as OpenAPI 3.1. */
export const openApi = (): OpenApi => {
  const routes = contractRoutes()
  const services = new Set(routes.map(({ service }) => service))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Meshboard',
      version: '1.0.0',
      description: 'Every failure is a problem document (RFC 9457); /failures lists them.',
    },
    servers: [{ url: '/' }],
    tags: allContracts
      .filter(({ name }) => services.has(name))
      .map(({ name, summary, version, owner }) => ({
        name,
        description: `${summary} Version ${version}, ${owner}.`,
      })),
    paths: pathsOf(routes),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      parameters: { IdempotencyKey: IDEMPOTENCY_KEY },
      schemas: { Problem: PROBLEM },
    },
  }
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Made by the caller, once for each intended effect: a repeated call has one effect.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{8,64}$' },
}

const pathsOf = (routes: readonly ContractRoute[]) => {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes)
    (paths[route.template] ??= {})[route.method.toLowerCase()] = operationOf(route)
  return paths
}

const operationOf = (route: ContractRoute) => {
  const { procedure, service, hasBody } = route
  const body = hasBody ? bodyOf(route) : undefined
  return {
    operationId: procedure.name,
    summary: localName(procedure.name),
    description: procedure.summary,
    ...(procedure.deprecated && { deprecated: true }),
    externalDocs: { description: 'In the catalog', url: catalogPage(procedure.name) },
    tags: [service],
    security: procedure.access === 'public' ? [] : [{ token: [] }],
    parameters: parametersOf(route),
    ...(body && { requestBody: body }),
    responses: { ...successOf(route), ...problemResponses(route) },
  }
}

const parametersOf = ({ input, pathFields, hasBody }: ContractRoute) => {
  const { properties = {}, required = [] } = input
  const inPath = pathFields.map((name) => ({
    name,
    in: 'path',
    required: true,
    ...valueOf(properties[name] ?? {}, name),
  }))
  if (hasBody) return [...inPath, { $ref: '#/components/parameters/IdempotencyKey' }]
  const inQuery = Object.entries(properties)
    .filter(([name]) => !pathFields.includes(name))
    .map(([name, schema]) => ({
      name,
      in: 'query',
      required: required.includes(name),
      ...valueOf(schema, name),
    }))
  return [...inPath, ...inQuery]
}

/** A schema with a value that it accepts. */
const valueOf = (schema: JsonSchema, name?: string) => ({
  schema,
  example: exampleOf(schema, name),
})

const catalogPage = (name: string): string => `/catalog/${serviceOf(name)}#${localName(name)}`

/** The input without what the path carries; undefined when nothing is left. */
const bodyOf = ({ input, pathFields }: ContractRoute) => {
  const { properties = {}, required = [] } = input
  const stays = (name: string) => !pathFields.includes(name)
  const schema: JsonSchema = {
    ...input,
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => stays(name))),
    required: required.filter(stays),
  }
  if (input.properties && isEmpty(schema)) return undefined
  return {
    required: schema.required?.length !== 0,
    content: { 'application/json': valueOf(schema) },
  }
}

const successOf = ({ procedure, method, output }: ContractRoute) => {
  if (method === 'DELETE' && isEmpty(output)) return { 204: { description: 'Done.' } }
  const content = { 'application/json': valueOf(output) }
  if (procedure.location === undefined) return { 200: { description: 'Done.', content } }
  const schema = { type: 'string', format: 'uri-reference' }
  const headers = { Location: { description: 'Where it can be read.', schema } }
  return { 201: { description: 'Made.', headers, content } }
}
