import {
  AccessToken,
  Challenge,
  IdempotencyKey,
  type JsonSchema,
  PublicKey,
  SessionId,
  Signature,
  Ticket,
  Timestamp,
  UserId,
} from '@meshboard/contracts'

/** Texts with a grammar of their own, in the words of the page. */
const GRAMMARS = new Map(
  [
    [Timestamp, 'time'],
    [PublicKey, '64 hex digits'],
    [Signature, '128 hex digits'],
    [Challenge, '43 characters of base64url'],
    [AccessToken, 'JWT'],
    [Ticket, 'opaque text'],
    [UserId, '`usr_…`'],
    [SessionId, '`ses_…`'],
    [IdempotencyKey, '8 to 64 letters, digits, `-`, `_`'],
  ].map(([schema, words]) => [patternOf(schema as typeof Timestamp), words as string]),
)

function patternOf(schema: typeof Timestamp): string {
  return String(schema.toJSONSchema().pattern)
}

/** A JSON Schema in a few words: `integer 1 to 60000`. Throws for one that it has no words for. */
export const fieldType = (schema: JsonSchema): string => {
  const { enum: values, anyOf, type } = schema
  if (values) return values.map((value) => `\`${JSON.stringify(value)}\``).join(', ')
  if (anyOf) return anyOf.map(fieldType).join(', or ')
  if (type === undefined) return 'any'
  if (type === 'object') return objectType(schema)
  if (type === 'array') return `list of ${fieldType(schema.items ?? {})}`
  if (type === 'integer') return integerType(schema)
  if (type === 'string') return stringType(schema)
  if (type === 'boolean') return 'boolean'
  throw new Error(`no words for ${JSON.stringify(schema)}`)
}

const objectType = ({ properties, additionalProperties }: JsonSchema): string => {
  if (properties) return `\`{ ${Object.keys(properties).join(', ')} }\``
  return typeof additionalProperties === 'object'
    ? `object of ${fieldType(additionalProperties)}`
    : 'object'
}

const integerType = ({ minimum, maximum }: JsonSchema): string => {
  const [from, to] = [Number(minimum), Number(maximum)].map((bound) =>
    Number.isSafeInteger(bound) && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined,
  )
  if (from === undefined) return 'integer'
  return to === undefined ? `integer from ${from}` : `integer ${from} to ${to}`
}

const stringType = ({ pattern, minLength, maxLength }: JsonSchema): string => {
  if (pattern !== undefined) {
    const words = GRAMMARS.get(String(pattern))
    if (words === undefined) throw new Error(`no words for texts like ${String(pattern)}`)
    return words
  }
  if (maxLength === undefined) return 'text'
  return `text, ${minLength === undefined ? 'up' : String(minLength)} to ${String(maxLength)} characters`
}
