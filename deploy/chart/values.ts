import type { Service, Variable } from '@meshboard/kit'
import { services } from '../src/mesh.ts'
import { type ServiceFacts, factsOf, prefixOf, setByChart, variablesOf } from './facts.ts'
import { type Preset, presets } from './presets.ts'

const BEGIN = '# generated:services, by "npm run generate" from contracts and configuration'
const END = '# /generated'

/** `values.yaml` with its services as they are now. Throws when it has lost the place for them. */
export const withServices = (current: string | undefined): string => {
  const from = current?.indexOf(BEGIN) ?? -1
  const to = current?.indexOf(END) ?? -1
  if (current === undefined || from < 0 || to < from)
    throw new Error(`the chart's values.yaml has no lines ${BEGIN} … ${END}`)
  const blocks = services.map((service) => serviceBlock(service, factsOf(service)))
  const text = ['services:', ...blocks.map((block) => indented(block, 2).join('\n'))].join('\n')
  return `${current.slice(0, from)}${BEGIN}\n${text}\n${current.slice(to)}`
}

const indented = (lines: readonly string[], by: number): string[] =>
  lines.map((line) => (line === '' ? '' : `${' '.repeat(by)}${line}`))

const serviceBlock = (service: Service, facts: ServiceFacts): string[] => {
  const { autoscaling, resources, config, nodeOptions } = presets[facts.scaleBy]
  return [
    `${service.name}:`,
    ...indented(
      [
        `# Of ${facts.owner}. Keys of its secret: ${keysOf(facts).join(', ')}.`,
        `autoscaling: ${flow(autoscaling)}`,
        ...resourceLines(resources),
        ...(nodeOptions === undefined ? [] : [`nodeOptions: ${nodeOptions}`]),
        ...fileLines(facts),
        ...mapping('config', ownConfig(service.name, config)),
        ...ownVariables(service)
          .filter(({ env }) => !(env in ownConfig(service.name, config)))
          .map(commented),
      ],
      2,
    ),
  ]
}

/** The processor is not limited: who may not use what nobody else needs answers late for nothing. */
const resourceLines = (resources: Preset['resources']): string[] =>
  resources === undefined
    ? []
    : [
        'resources:',
        `  requests: { cpu: ${resources.cpu}, memory: ${resources.memory} }`,
        `  limits: { memory: ${resources.memory} }`,
      ]

const flow = (values: Readonly<Record<string, unknown>>): string => {
  const entries = Object.entries(values).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

const mapping = (name: string, values: Readonly<Record<string, unknown>>): string[] => {
  const entries = Object.entries(values)
  if (entries.length === 0) return [`${name}: {}`]
  return [`${name}:`, ...entries.map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`)]
}

const keysOf = ({ databaseRole, secrets, secretFiles }: ServiceFacts): string[] => [
  'NATS_PASSWORD',
  ...(databaseRole === undefined ? [] : ['DATABASE_PASSWORD']),
  ...Object.keys(secrets),
  ...Object.values(secretFiles).flat(),
]

const fileLines = ({ secretFiles }: ServiceFacts): string[] => {
  const given = Object.entries(secretFiles).filter(([, keys]) => keys.length > 0)
  return given.length === 0 ? [] : mapping('secretFiles', Object.fromEntries(given))
}

const ownConfig = (name: string, config: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(config).map(([env, value]) => [env.replace('*', prefixOf(name)), value]),
  )

/** The variables of its own that may stand in its `config`. */
const ownVariables = (service: Service): Variable<unknown>[] => {
  const set = setByChart(service)
  const prefix = `${prefixOf(service.name)}_`
  return [...variablesOf(service).values()].filter(
    ({ env, shape }) => env.startsWith(prefix) && shape.kind !== 'secret' && !set.includes(env),
  )
}

const commented = ({ env, default: fallback, meaning }: Variable<unknown>): string =>
  `  # ${env}: ${fallback === undefined || fallback === '' ? "''" : fallback} — ${meaning}`
