import { auth } from './auth.ts'
import type { Channel, Contract, Procedure } from './define.ts'
import { earnings } from './earnings.ts'
import { network } from './network.ts'
import { notification } from './notification.ts'
import { referral } from './referral.ts'
import { user } from './user.ts'

/** Every contract of the mesh, by the name of its service. */
export const contracts = { auth, user, network, earnings, referral, notification } as const

/** The type of `contracts`: what a typed client is made from. */
export type Mesh = typeof contracts

/** The names of all channels. */
export type ChannelName = { [S in keyof Mesh]: keyof Mesh[S]['channels'] & string }[keyof Mesh]

/** Every contract as a list, its declarations seen in general. */
export const allContracts: readonly Contract[] = Object.values(contracts)

const procedures = new Map(
  allContracts
    .flatMap((contract) => Object.values(contract.procedures))
    .map((procedure) => [procedure.name, procedure]),
)

/** The procedure of that full name, `earnings.getSummary`, if there is one. */
export const findProcedure = (name: string): Procedure | undefined => procedures.get(name)

const channels = new Map(
  allContracts.flatMap((contract) =>
    Object.entries(contract.channels).map(
      ([name, channel]) => [name, { service: contract.name, name, channel }] as const,
    ),
  ),
)

/** A channel with the service whose events it shows. */
export interface PlacedChannel {
  readonly service: string
  readonly name: string
  readonly channel: Channel
}

/** The channel of that name, if there is one. Names are unique over the mesh. */
export const findChannel = (name: string): PlacedChannel | undefined => channels.get(name)
