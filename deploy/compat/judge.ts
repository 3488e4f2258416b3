import {
  type BreakingChange,
  additiveChanges,
  contractBreaks,
  edgeBreaks,
  sentenceOf,
} from '@meshboard/contracts'
import type { MeshDescription } from './mesh-description.ts'
import { type Broken, whoBreaks } from './who-breaks.ts'

/** A breaking change with whom it breaks and whom to talk to. */
export interface NamedBreak extends BreakingChange, Broken {
  /** The team that owns what is changed; absent for the protocol of the edge. */
  readonly owner: string | undefined
}

/** What has changed since a release. */
export interface Verdict {
  readonly breaks: readonly NamedBreak[]
  /** What is new and breaks nobody, one sentence each. */
  readonly additions: readonly string[]
}

/** Judges the mesh of now, `after`, by that of a release. */
export const judge = (before: MeshDescription, after: MeshDescription): Verdict => {
  const now = (name: string) => after.contracts.find((contract) => contract.name === name)
  const then = (name: string) => before.contracts.find((contract) => contract.name === name)
  const contractChanges = before.contracts.flatMap((contract) =>
    contractBreaks(contract, now(contract.name)).map((change) => ({
      ...change,
      owner: contract.owner,
    })),
  )
  const edgeChanges = edgeBreaks(before.edge, after.edge)
  return {
    breaks: [
      ...contractChanges,
      ...edgeChanges.map((change) => ({ ...change, owner: undefined })),
    ].map((change) => ({ ...change, ...whoBreaks(change, before, after) })),
    additions: after.contracts.flatMap((contract) =>
      additiveChanges(then(contract.name), contract),
    ),
  }
}

/** A break as one line: what changed, whom it breaks, whose it is. */
export const lineOf = (one: NamedBreak): string => {
  const services = one.services.map(({ service, consumers }) =>
    consumers.length > 0 ? `${service} (${consumers.join(', ')})` : service,
  )
  const whom = [...services, ...one.clients].join(', ') || 'nobody in this mesh'
  const owner = one.owner === undefined ? '' : `; owner ${one.owner}`
  return `${sentenceOf(one)} — breaks ${whom}${owner}`
}
