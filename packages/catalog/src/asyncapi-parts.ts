import type { JsonSchema } from '@meshboard/contracts'
import type { Shape } from './entries.ts'

/** What a kind of declaration adds to each map of the document. */
export interface AsyncApiPart {
  readonly channels: Readonly<Record<string, object>>
  readonly operations: Readonly<Record<string, object>>
  readonly messages: Readonly<Record<string, object>>
}

/** A pointer into the document. */
export const reference = (path: string): { $ref: string } => ({ $ref: `#/${path}` })

export const ON_BROKER = [reference('servers/broker')]

/** A map of what each of a list becomes. */
export const mapOf = <T>(
  list: Iterable<T>,
  toEntry: (one: T) => readonly [name: string, value: object],
): Record<string, object> => Object.fromEntries([...list].map(toEntry))

/** A message with its example; `rest` is what else there is to say of it. */
export const messageOf = ({ schema, example }: Shape, rest: object): object => ({
  ...rest,
  payload: schema,
  examples: [{ payload: example }],
})

/** The schema of headers, each a text. */
export const headersOf = (names: readonly string[], required: readonly string[] = []): object => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name): [string, JsonSchema] => [name, TEXT])),
  ...(required.length > 0 && { required }),
})

const TEXT = { type: 'string' }
