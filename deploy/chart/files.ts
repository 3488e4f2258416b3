import { readFileSync } from 'node:fs'
import type { GeneratedFile } from '../generator.ts'
import { markedSection } from '../markdown.ts'
import { brokerPermissions } from '../src/permissions.ts'
import { meshFacts } from './facts.ts'
import { valuesSchema } from './schema.ts'
import { costsIn, sizing } from './sizing.ts'
import { withServices } from './values.ts'

const chart = 'deploy/helm/meshboard'
const benchResults = (): string =>
  readFileSync(new URL('../../e2e/bench/RESULTS.md', import.meta.url), 'utf8')
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** What of the Helm chart follows from contracts and configuration. */
export const chartFiles: readonly GeneratedFile[] = [
  { path: `${chart}/files/mesh.json`, content: () => json(meshFacts()) },
  { path: `${chart}/files/permissions.conf`, content: () => brokerPermissions() },
  { path: `${chart}/values.schema.json`, content: () => json(valuesSchema()) },
  { path: `${chart}/values.yaml`, content: withServices },
  markedSection(`${chart}/README.md`, 'sizing', () => sizing(costsIn(benchResults()))),
]
