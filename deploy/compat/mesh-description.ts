import {
  type Contract,
  type ContractDescription,
  type EdgeDescription,
  describeContract,
  describeEdgeProtocol,
} from '@meshboard/contracts'
import type { Service } from '@meshboard/kit'

/** What one service relies on of others, as plain data. */
export interface Reliance {
  readonly service: string
  /** A door hands on what clients ask for: what it has no use for itself does not break it. */
  readonly isDoor: boolean
  /** Full names of the procedures it calls. */
  readonly calls: readonly string[]
  readonly consumers: readonly { readonly name: string; readonly event: string }[]
}

/** Everything said on the wire, and who relies on it: what a release keeps. */
export interface MeshDescription {
  readonly contracts: readonly ContractDescription[]
  readonly edge: EdgeDescription
  readonly services: readonly Reliance[]
}

/** The mesh of these contracts and services. */
export const describeMesh = (
  contracts: readonly Contract[],
  services: readonly Pick<Service, 'name' | 'contract' | 'uses' | 'consumers'>[],
): MeshDescription => ({
  contracts: contracts.map(describeContract),
  edge: describeEdgeProtocol(),
  services: services.map(({ name, contract, uses, consumers }) => ({
    service: name,
    isDoor: contract === undefined,
    calls: [...new Set(uses.calls.map((procedure) => procedure.name))].toSorted(),
    consumers: consumers.map((consumer) => ({ name: consumer.name, event: consumer.event.name })),
  })),
})
