import { PLATFORM_TEAM } from './catalog.ts'
import type { Catalog, ServiceEntry } from './entries.ts'

const SYSTEM = 'meshboard'

/**
 * The mesh as Backstage reads it (`catalog-info.yaml`): a system, a component a service, a group an
 * owner, and the two documents as APIs, which stand beside this file. Each document of the stream is
 * JSON, which is YAML.
 */
export const backstageOf = ({ services }: Catalog): string => {
  const owners = [...new Set([...services.map(({ owner }) => owner), PLATFORM_TEAM])]
  return [
    entity(
      'System',
      { name: SYSTEM, description: 'A mesh of services.' },
      { owner: PLATFORM_TEAM },
    ),
    ...owners.map((name) => entity('Group', { name }, { type: 'team', children: [] })),
    apiOf('openapi', 'Every procedure with a route, over HTTP.'),
    apiOf('asyncapi', 'Everything that is said on the broker and at the edge.'),
    ...services.map((service) => componentOf(service, services)),
  ]
    .map((one) => `---\n${JSON.stringify(one, null, 2)}\n`)
    .join('')
}

const entity = (kind: string, metadata: object, spec: object) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata,
  spec,
})

const apiName = (type: string): string => `${SYSTEM}-${type}`

const apiOf = (type: 'openapi' | 'asyncapi', description: string) =>
  entity(
    'API',
    { name: apiName(type), description },
    {
      type,
      lifecycle: 'production',
      owner: PLATFORM_TEAM,
      system: SYSTEM,
      definition: { $text: `./${type}.json` },
    },
  )

const componentOf = (service: ServiceEntry, services: readonly ServiceEntry[]) => {
  const { name, summary, owner, procedures, is_door: isDoor } = service
  const hasRoute = procedures.some(({ http }) => http !== undefined)
  return entity(
    'Component',
    { name, description: summary },
    {
      type: 'service',
      lifecycle: 'production',
      owner,
      system: SYSTEM,
      ...(!isDoor && {
        providesApis: [apiName('asyncapi'), ...(hasRoute ? [apiName('openapi')] : [])],
      }),
      dependsOn: reliedOn(service, services).map((other) => `component:${other}`),
    },
  )
}

/** The services whose procedures it calls or whose events it reads. */
const reliedOn = (
  { name, calls, consumes, relays }: ServiceEntry,
  services: readonly ServiceEntry[],
): string[] => {
  const used = [...calls, ...consumes.map(({ event }) => event), ...relays]
  return services
    .map((other) => other.name)
    .filter((other) => other !== name && used.some((full) => full.startsWith(`${other}.`)))
}
