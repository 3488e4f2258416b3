import { type Service, type Shape, type Variable, baseConfig } from '@meshboard/kit'
import { services } from '../src/mesh.ts'
import { factsOf, setByChart, variablesOf } from './facts.ts'
import { platformValues } from './platform-values.ts'
import { type JsonSchema, object, text, yesOrNo } from './schema-words.ts'
import { serviceSettings } from './service-settings.ts'

/**
 * `values.schema.json`: what the chart can be told. Nothing unknown is taken, and a variable only with
 * a value that its service would start with.
 */
export const valuesSchema = (): JsonSchema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Values of the chart meshboard',
  ...object({
    ...platformValues(['platform', ...services.map(({ name }) => name)]),
    config: variablesOfChart(Object.values(baseConfig), baseSetByChart()),
    defaults: object(settings()),
    services: object(Object.fromEntries(services.map((one) => [one.name, ofService(one)]))),
  }),
  definitions: {
    settings: serviceSettings,
    variables: Object.fromEntries(
      services
        .flatMap((service) => [...variablesOf(service).values()])
        .filter(({ shape }) => shape.kind !== 'secret')
        .map((variable) => [variable.env, schemaOf(variable)]),
    ),
  },
})

const settings = (): Record<string, JsonSchema> =>
  Object.fromEntries(
    Object.keys(serviceSettings).map((name) => [name, { $ref: `#/definitions/settings/${name}` }]),
  )

const baseSetByChart = (): readonly string[] => {
  const [first] = services
  return first === undefined ? [] : setByChart(first)
}

const ofService = (service: Service): JsonSchema => {
  const { databaseRole, secretFiles } = factsOf(service)
  return object({
    ...settings(),
    config: variablesOfChart([...variablesOf(service).values()], setByChart(service)),
    secretFiles: object(
      Object.fromEntries(
        Object.keys(secretFiles).map((env) => [env, { type: 'array', items: fileName }]),
      ),
    ),
    ...(databaseRole !== undefined && { postgres: object({ url: postgresUrl }), setup }),
  })
}

const fileName = text('a key of its secret', '^[A-Za-z0-9._-]+$')

const postgresUrl = text('a database of its own, without user', '^postgres(ql)?://[^@]+$')

const setup = object({
  enabled: yesOrNo('its schema, role, stream and consumers are brought up to date before it is'),
})

/** Those that may be set by a value; the rest the chart sets, or they are secret. */
const variablesOfChart = (
  variables: readonly Variable<unknown>[],
  setByTheChart: readonly string[],
): JsonSchema =>
  object(
    Object.fromEntries(
      variables
        .filter(({ env, shape }) => shape.kind !== 'secret' && !setByTheChart.includes(env))
        .map(({ env }) => [env, { $ref: `#/definitions/variables/${env}` }]),
    ),
  )

const schemaOf = ({ meaning: description, shape }: Variable<unknown>): JsonSchema => ({
  description,
  ...SHAPES[shape.kind](shape as never),
})

type Shapes = { [K in Shape['kind']]: (shape: Extract<Shape, { kind: K }>) => JsonSchema }

const SHAPES: Shapes = {
  integer: ({ min: minimum, max: maximum }) => ({ type: 'integer', minimum, maximum }),
  fraction: () => ({ type: 'number', minimum: 0, maximum: 1 }),
  choice: ({ of }) => ({ enum: of }),
  list: () => ({ type: 'string' }),
  text: () => ({ type: 'string' }),
  secret: () => ({ type: 'string' }),
}
