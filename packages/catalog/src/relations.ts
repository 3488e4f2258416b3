import { localName, serviceOf } from '@meshboard/contracts'
import type { Catalog } from './entries.ts'

/**
 * An arrow between two services: `calls` from the one that asks to the one that answers, `events`
 * from the one that raises them to the one that consumes or shows them.
 */
export interface Relation {
  readonly from: string
  readonly to: string
  readonly kind: 'calls' | 'events'
  /** Local names of the procedures, or of the events. */
  readonly names: readonly string[]
}

/** Every arrow of the mesh, but for those of a service to itself. */
export const relationsOf = ({ services }: Catalog): Relation[] => {
  const known = new Set(services.map(({ name }) => name))
  return services.flatMap(({ name, calls, consumes, relays }) => {
    const told = [...new Set([...consumes.map(({ event }) => event), ...relays])]
    return [
      ...bySource(calls).map(([to, names]) => ({ from: name, to, kind: 'calls' as const, names })),
      ...bySource(told).map(([from, names]) => ({
        from,
        to: name,
        kind: 'events' as const,
        names,
      })),
    ].filter(({ from, to }) => from !== to && known.has(from) && known.has(to))
  })
}

const bySource = (names: readonly string[]): [service: string, names: string[]][] =>
  [...Map.groupBy(names, serviceOf)].map(([service, found]) => [service, found.map(localName)])

/**
 * Full names of what every other service calls, like the keys that tokens are checked with. A
 * picture leaves them out: they would hide the rest.
 */
export const calledByAll = ({ services }: Catalog): string[] => {
  const all = new Set(services.flatMap(({ calls }) => calls))
  return [...all].filter((name) =>
    services.every((one) => one.name === serviceOf(name) || one.calls.includes(name)),
  )
}

/** The arrows without what every other service calls. */
export const tellingRelations = (catalog: Catalog): Relation[] => {
  const common = new Set(calledByAll(catalog))
  return relationsOf(catalog)
    .map((one) => ({
      ...one,
      names: one.names.filter((name) => one.kind === 'events' || !common.has(`${one.to}.${name}`)),
    }))
    .filter(({ names }) => names.length > 0)
}
