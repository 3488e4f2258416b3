import { failure } from '@meshboard/contracts'
import { z } from 'zod'

/** A check compiled once; gives the value, or fails `invalid` with a sentence by field. */
export type Validate<T> = (value: unknown) => T

/** Compiles a schema into a check. Fields beyond the schema's are dropped. */
export const compileValidation = <S extends z.ZodType>(schema: S): Validate<z.output<S>> => {
  const compiled = z.compile(schema)
  return (value) => {
    const result = compiled.safeParse(value)
    if (result.success) return result.data
    throw failure('invalid', { fields: fieldsOf(result.error, value) })
  }
}

const fieldsOf = (error: z.ZodError, value: unknown): Record<string, string[]> => {
  const fields: Record<string, string[]> = {}
  for (const issue of error.issues) {
    const name = issue.path.join('.') || 'body'
    ;(fields[name] ??= []).push(sentenceOf(issue, valueAt(value, issue.path)))
  }
  return fields
}

/** What a person is told of a field; patterns and library words stay out of it. */
const sentenceOf = (issue: z.core.$ZodIssue, given: unknown): string => {
  switch (issue.code) {
    case 'invalid_type':
      return given === undefined
        ? 'Is needed.'
        : `Must be ${KINDS[issue.expected] ?? issue.expected}.`
    case 'invalid_format':
      return 'Does not have the form that is expected here.'
    case 'invalid_value':
      return `Must be one of ${issue.values.join(', ')}.`
    case 'too_small':
      return `Must be at least ${issue.minimum}${unitOf(issue.origin)}.`
    case 'too_big':
      return `Must be at most ${issue.maximum}${unitOf(issue.origin)}.`
    default:
      return 'Is not valid.'
  }
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'text',
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined,
    value,
  )

const unitOf = (origin: string): string => {
  if (origin === 'string') return ' characters long'
  return origin === 'array' ? ' items' : ''
}
