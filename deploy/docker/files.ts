import type { GeneratedFile } from '../generator.ts'
import { composeFile } from './compose.ts'
import { prometheusFile } from './prometheus.ts'

/** What follows from the services for a mesh of containers. */
export const dockerFiles: readonly GeneratedFile[] = [
  { path: 'deploy/docker/compose.yaml', content: composeFile },
  { path: 'deploy/docker/prometheus.yaml', content: prometheusFile },
]
