/** A JSON Schema, draft 7, as Helm checks it. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** An object that has these properties, all of them optional, and no others. */
export const object = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
})

/** Text of that form. */
export const text = (description: string, pattern?: string): JsonSchema => ({
  type: 'string',
  description,
  ...(pattern !== undefined && { pattern }),
})

export const yesOrNo = (description: string): JsonSchema => ({ type: 'boolean', description })

export const count = (
  description: string,
  [minimum, maximum]: readonly [number, number],
): JsonSchema => ({
  type: 'integer',
  minimum,
  maximum,
  description,
})

/** Text by name: labels, annotations, selectors of nodes. */
export const texts = (description: string): JsonSchema => ({
  type: 'object',
  additionalProperties: { type: 'string' },
  description,
})

/** What Kubernetes itself says the form of. */
export const listOfKubernetes = (description: string): JsonSchema => ({
  type: 'array',
  items: { type: 'object' },
  description,
})

export const mapOfKubernetes = (description: string): JsonSchema => ({
  type: 'object',
  description,
})

/** An amount of processor or memory: `500m`, `256Mi`. */
export const QUANTITY = '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$'
