import * as layers from './layer-rules.ts'
import * as names from './name-rules.ts'
import * as packages from './package-rules.ts'
import * as places from './place-rules.ts'
import * as services from './service-rules.ts'
import * as sizes from './size-rules.ts'
import * as tests from './test-rules.ts'
import * as texts from './text-rules.ts'
import type { Rule } from './tree.ts'

/** Every rule of the house, by name. */
export const rules: Readonly<Record<string, Rule>> = {
  ...packages,
  ...layers,
  ...places,
  ...names,
  ...sizes,
  ...services,
  ...tests,
  ...texts,
}
