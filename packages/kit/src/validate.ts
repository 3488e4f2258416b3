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
    throw failure('invalid', { fields: fieldsOf(result.error) })
  }
}

const fieldsOf = (error: z.ZodError): Record<string, string[]> => {
  const fields: Record<string, string[]> = {}
  for (const issue of error.issues) {
    const name = issue.path.join('.') || 'body'
    ;(fields[name] ??= []).push(issue.message)
  }
  return fields
}
