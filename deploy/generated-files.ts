import { fileURLToPath } from 'node:url'
import {
  type ContractDescription,
  allContracts,
  breakingChanges,
  breakingEdgeChanges,
  describeContract,
  describeEdgeProtocol,
} from '@meshboard/contracts'
import { dockerFiles } from './docker/files.ts'
import { chartFiles } from './chart/files.ts'
import { codeOwners } from './catalog/code-owners.ts'
import { meshRecordText } from './catalog/mesh-record.ts'
import { pageAssets } from './catalog/page-assets.ts'
import type { GeneratedFile } from './generator.ts'
import { claimsOfTree } from './promises/claims.ts'
import { catalogue, promisesPage } from './promises/page.ts'
import { protocolSections } from './protocol/sections.ts'
import { readmeTables } from './readme-tables.ts'
import { clusterConfig, serverConfig } from './src/broker-config.ts'
import { brokerPermissions } from './src/permissions.ts'
import { watchFiles } from './watch/files.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const golden = 'packages/contracts/test/golden'
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const goldenContracts = allContracts.map((contract): GeneratedFile => {
  const now = describeContract(contract)
  return {
    path: `${golden}/${contract.name}.json`,
    content: () => json(now),
    breaks: (current) => breakingChanges(JSON.parse(current) as ContractDescription, now),
  }
})

const goldenEdgeProtocol: GeneratedFile = {
  path: `${golden}/edge-protocol.json`,
  content: () => json(describeEdgeProtocol()),
  breaks: (current) =>
    breakingEdgeChanges(
      JSON.parse(current) as ReturnType<typeof describeEdgeProtocol>,
      describeEdgeProtocol(),
    ),
}

/** Every file of the repository that is written by `npm run generate`, in the order of writing. */
export const generatedFiles: readonly GeneratedFile[] = [
  ...goldenContracts,
  goldenEdgeProtocol,
  { path: 'deploy/nats/permissions.conf', content: () => brokerPermissions() },
  { path: 'deploy/nats/server.conf', content: serverConfig },
  { path: 'deploy/nats/cluster.conf', content: () => clusterConfig({ tls: false }) },
  { path: 'deploy/nats/cluster-tls.conf', content: () => clusterConfig({ tls: true }) },
  ...dockerFiles,
  { path: 'packages/catalog/src/mesh.json', content: meshRecordText },
  { path: 'packages/catalog/src/assets.json', content: pageAssets },
  { path: '.github/CODEOWNERS', content: codeOwners },
  { path: 'docs/promises.md', content: () => promisesPage(catalogue, claimsOfTree(root)) },
  ...protocolSections(),
  ...readmeTables,
  ...watchFiles,
  ...chartFiles,
]
