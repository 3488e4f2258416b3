import { z } from 'zod'
import type { JsonSchema } from '../src/index.ts'

/** The JSON Schema of a wire schema, as golden files have it. */
export const jsonSchema = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return rest as JsonSchema
}
