import { Failure } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { compileValidation } from './validate.ts'

const validate = compileValidation(
  z.object({
    name: z.string().min(2).max(4),
    code: z.string().regex(/^[A-Z]+$/),
    kind: z.enum(['small', 'large']),
    count: z.int().max(10),
  }),
)

const fieldsOf = (value: unknown): unknown => {
  try {
    validate(value)
  } catch (error) {
    if (error instanceof Failure) return error.fields
  }
  throw new Error('a Failure was expected')
}

test('each field that is wrong is named with a sentence for a person', () => {
  expect(fieldsOf({ name: 'x', code: 'a', kind: 'huge', count: 11 })).toEqual({
    name: ['Must be at least 2 characters long.'],
    code: ['Does not have the form that is expected here.'],
    kind: ['Must be one of small, large.'],
    count: ['Must be at most 10.'],
  })
})

test('what is missing is told apart from what is of another kind', () => {
  expect(fieldsOf({ code: 'A', kind: 'small', count: '1' })).toEqual({
    name: ['Is needed.'],
    count: ['Must be a number.'],
  })
})
