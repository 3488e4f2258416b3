import {
  type BreakingChange,
  type ContractDescription,
  EVENT_ROWS,
  METRICS_ROW,
  type ProcedureDescription,
  auth,
} from '@meshboard/contracts'
import type { MeshDescription, Reliance } from './mesh-description.ts'

/** Whom a change breaks: by the names of its platform team, and by the way strangers come in. */
export interface Broken {
  /** Services, with the consumers that break if it is those. */
  readonly services: readonly { readonly service: string; readonly consumers: readonly string[] }[]
  /** `clients over POST /api/orders`, `clients watching channel orders`. */
  readonly clients: readonly string[]
}

/** What only clients can see: no service minds it. */
const FOR_CLIENTS = /^(http|location|socket|stateKey|update|filters\..+)$/

/**
 * Whom `change` breaks, of those who relied on the mesh at the release or do now: after a release
 * both run for a while. A door is named only for what it asks on its own account.
 */
export const whoBreaks = (
  change: BreakingChange,
  before: MeshDescription,
  after: MeshDescription,
): Broken => {
  const parts = partsOf(change, before)
  const reliances = [...before.services, ...after.services]
  return {
    services: FOR_CLIENTS.test(change.path) ? [] : servicesOf(parts, reliances),
    clients: [...new Set(parts.flatMap((part) => clientsOf(part, change.path)))],
  }
}

interface Part {
  kind: Exclude<BreakingChange['kind'], 'contract'>
  name: string
  contract: ContractDescription | undefined
  /** Channels of the whole mesh that show what this procedure answers. */
  snapshotOf: readonly string[]
}

/** The declarations that a change is about: one, or all of a contract that is gone. */
const partsOf = ({ kind, name }: BreakingChange, { contracts }: MeshDescription): Part[] => {
  const contract = contracts.find((one) => name === one.name || name.startsWith(`${one.name}.`))
  const part = (partKind: Part['kind'], partName: string): Part => ({
    kind: partKind,
    name: partName,
    contract,
    snapshotOf: contracts.flatMap(({ channels }) =>
      Object.keys(channels).filter((channel) => channels[channel]?.snapshot === partName),
    ),
  })
  if (kind !== 'contract') return [part(kind, name)]
  const all = (partKind: Part['kind'], record: object = {}) =>
    Object.keys(record).map((local) => part(partKind, `${name}.${local}`))
  return [
    ...all('procedure', contract?.procedures),
    ...all('event', contract?.events),
    ...all('channel', contract?.channels),
    ...all('signal', contract?.signals),
  ]
}

const servicesOf = (parts: readonly Part[], reliances: readonly Reliance[]): Broken['services'] => {
  const own = new Set(parts.map(({ contract }) => contract?.name))
  const found = new Map<string, Set<string>>()
  for (const reliance of reliances.filter(({ service }) => !own.has(service))) {
    const consumers = parts.flatMap((part) => consumersIn(reliance, part))
    if (consumers.length === 0 && !parts.some((part) => calls(reliance, part))) continue
    found.set(
      reliance.service,
      (found.get(reliance.service) ?? new Set()).union(new Set(consumers)),
    )
  }
  return [...found].map(([service, consumers]) => ({ service, consumers: [...consumers] }))
}

const consumersIn = ({ consumers }: Reliance, { name }: Part): string[] =>
  consumers.filter(({ event }) => event === name).map((consumer) => consumer.name)

const calls = (reliance: Reliance, part: Part): boolean =>
  reliance.calls.includes(part.name) && !(reliance.isDoor && isHandedOn(part))

const isHandedOn = (part: Part): boolean => {
  const declared = procedureOf(part)
  if (part.name === auth.procedures.jwks.name) return false
  return Boolean(declared?.http ?? declared?.socket) || part.snapshotOf.length > 0
}

const localOf = ({ name, contract }: Part): string => name.slice((contract?.name.length ?? 0) + 1)

const procedureOf = (part: Part): ProcedureDescription | undefined =>
  part.kind === 'procedure' ? part.contract?.procedures[localOf(part)] : undefined

const watching = (channel: string): string => `clients watching channel ${channel}`

const clientsOf = (part: Part, path: string): string[] => {
  if (part.kind === 'edge') return [isEventType(part) ? AT_EVENTS : 'clients over /ws/v1']
  if (part.kind === 'signal') return part.name === METRICS_ROW.signal.name ? [AT_METRICS] : []
  if (part.kind === 'channel') return [watching(localOf(part))]
  if (part.kind === 'event') return watchersOf(part)
  const { http, socket } = procedureOf(part) ?? {}
  const rest = http === undefined ? [] : [`clients over ${http}`]
  const ws = socket ? ['clients over /ws/v1'] : []
  if (path === 'http' || path === 'location') return rest
  if (path === 'socket') return ws
  return [...rest, ...ws, ...part.snapshotOf.map(watching)]
}

const watchersOf = (part: Part): string[] => {
  const topic = part.contract?.events[localOf(part)]?.topic
  const channels = Object.entries(part.contract?.channels ?? {})
  const isShown = EVENT_ROWS.some(({ event }) => event.name === part.name)
  return [
    ...channels.filter(([, channel]) => channel.topic === topic).map(([name]) => watching(name)),
    ...(isShown ? [AT_EVENTS] : []),
  ]
}

const AT_EVENTS = 'clients at /ws/events'
const AT_METRICS = 'clients at /ws/metrics'

const isEventType = ({ name }: Part): boolean => name.startsWith('event type ')
