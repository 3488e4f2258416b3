import { PLATFORM_TEAM } from '@meshboard/catalog'
import { services } from '../src/mesh.ts'

const ORGANISATION = '@meshboard'

/** Where the parts of a service stand: code, contract, what watches over it, what to do about it. */
const placesOf = (service: string): string[] => [
  `/services/${service}/`,
  `/packages/contracts/src/${service}.ts`,
  `/packages/contracts/src/${service}-*.ts`,
  `/packages/contracts/test/golden/${service}.json`,
  `/packages/contracts/released/${service}.json`,
  `/deploy/helm/meshboard/files/dashboards/service-${service}.json`,
  `/deploy/helm/meshboard/files/rules/${service}.yaml`,
  `/docs/runbooks/${service}-*.md`,
]

/** `CODEOWNERS`: whom to ask before a file changes. The last line that fits a path counts. */
export const codeOwners = (): string => {
  const lines = services.flatMap(({ name, contract }) =>
    contract === undefined
      ? []
      : ['', ...placesOf(name).map((place) => `${place} ${ORGANISATION}/${contract.owner}`)],
  )
  return [
    '# Generated from the owners that contracts name; "npm run generate" writes it.',
    `* ${ORGANISATION}/${PLATFORM_TEAM}`,
    ...lines,
    '',
  ].join('\n')
}
