import { ANY_CALL, type Contract, FAILURES, describeContract } from '@meshboard/contracts'
import {
  type Known,
  type Place,
  channelEntry,
  eventEntry,
  failureEntry,
  procedureEntry,
  signalEntry,
} from './contract-entries.ts'
import type { Catalog, ServiceEntry } from './entries.ts'
import type { MeshRecord, Reliance } from './record.ts'

/** The team of what has no contract, and so names no owner: doors, deployment, all that is shared. */
export const PLATFORM_TEAM = 'team-platform'

/** What a catalog is made from. */
export interface CatalogSource {
  readonly contracts: readonly Contract[]
  readonly record: MeshRecord
}

/**
 * The catalog of a mesh. A contract that the record does not know yet is there all the same, with
 * nobody who relies on it.
 */
export const catalogOf = ({ contracts, record }: CatalogSource): Catalog => {
  const known = { contracts, record, described: contracts.map(describeContract) }
  return {
    services: [
      ...contracts.map((contract) => serviceEntry(contract, known)),
      ...record.services.filter(({ isDoor }) => isDoor).map((door) => doorEntry(door, known)),
    ],
    releases: record.releases,
    any_call: ANY_CALL.map((code) => failureEntry(code, FAILURES[code])),
  }
}

const serviceEntry = (contract: Contract, known: Known): ServiceEntry => {
  const { name, owner, summary, version } = contract
  const described = describeContract(contract)
  const each = <E>(record: object, toEntry: (place: Place, known: Known) => E): E[] =>
    Object.keys(record).map((local) => toEntry({ contract, described, local }, known))
  return {
    ...{ name, path: `/catalog/${name}`, owner, summary, is_door: false, version },
    procedures: each(contract.procedures, procedureEntry),
    events: each(contract.events, eventEntry),
    channels: each(contract.channels, channelEntry),
    signals: each(contract.signals, signalEntry),
    ...reliesOn(name, known),
  }
}

const doorEntry = ({ service }: Reliance, known: Known): ServiceEntry => ({
  name: service,
  path: `/catalog/${service}`,
  owner: PLATFORM_TEAM,
  summary: 'A door: it hands on what clients ask for, and says nothing of its own.',
  is_door: true,
  ...{ procedures: [], events: [], channels: [], signals: [] },
  ...reliesOn(service, known),
})

const reliesOn = (service: string, known: Known) => {
  const found = known.record.services.find((one) => one.service === service)
  return {
    calls: found?.calls ?? [],
    consumes: found?.consumers.map(({ name, event }) => ({ consumer: name, event })) ?? [],
    relays: found?.relays.flatMap((topic) => shownOn(topic, known)) ?? [],
  }
}

/** Full names of what is said on a topic, or of the signal that is called so: `earnings.ledger`. */
const shownOn = (topic: string, { described }: Known): string[] =>
  described.flatMap(({ name, events, signals = {} }) => [
    ...Object.keys(events)
      .filter((local) => `${name}.${events[local]?.topic}` === topic)
      .map((local) => `${name}.${local}`),
    ...Object.keys(signals)
      .map((local) => `${name}.${local}`)
      .filter((signal) => signal === topic),
  ])
