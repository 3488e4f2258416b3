import {
  type JsonSchema,
  type Procedure,
  allContracts,
  describeContract,
} from '@meshboard/contracts'

/** One REST route, as its contract declares it. */
export interface ContractRoute {
  readonly service: string
  readonly procedure: Procedure
  readonly method: string
  /** With `{field}` for the fields of the input that are in the path. */
  readonly template: string
  readonly pathFields: readonly string[]
  /** Whether the rest of the input comes as a body; otherwise in the query. */
  readonly hasBody: boolean
  readonly input: JsonSchema
  readonly output: JsonSchema
}

const PARAMETER = /\{(\w+)\}/g

/** Every route of every contract; of two that fit one path, the one with fewer parameters is first. */
export const contractRoutes = (): ContractRoute[] =>
  allContracts
    .flatMap((contract) => {
      const { procedures } = describeContract(contract)
      return Object.entries(contract.procedures).flatMap(([name, procedure]) => {
        const described = procedures[name]
        if (!procedure.http || !described) return []
        const { input, output } = described
        return [{ service: contract.name, procedure, input, output, ...placeOf(procedure.http) }]
      })
    })
    .toSorted((one, other) => (rankOf(one) < rankOf(other) ? -1 : 1))

const placeOf = (http: string) => {
  const [method = '', template = ''] = http.split(' ')
  return {
    method,
    template,
    pathFields: [...template.matchAll(PARAMETER)].map(([, field = '']) => field),
    hasBody: method !== 'GET' && method !== 'DELETE',
  }
}

/** Sorts a parameter behind every literal. */
const rankOf = ({ template }: ContractRoute): string => template.replaceAll(PARAMETER, '\uffff')

/** The template as the router writes it. */
export const routerPath = (template: string): string => template.replaceAll(PARAMETER, ':$1')

/** The template with its fields filled in from `values`. Throws when one is missing. */
export const filledIn = (template: string, values: Readonly<Record<string, unknown>>): string =>
  template.replaceAll(PARAMETER, (_, field: string) => {
    const value = values[field]
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new Error(`${template}: there is no ${field}`)
    return encodeURIComponent(value)
  })

/** Whether a value of this schema carries nothing. */
export const isEmpty = ({ properties = {} }: JsonSchema): boolean =>
  Object.keys(properties).length === 0
