import { allContracts, allWatches, auth, findChannel, streamState } from '@meshboard/contracts'
import type { Uses } from '@meshboard/kit'

const channels = [
  ...allContracts
    .flatMap((contract) => Object.keys(contract.channels))
    .flatMap((name) => findChannel(name) ?? []),
  ...allWatches(),
]

/** What clients may call or watch follows from the contracts; the rest is what the edge asks itself. */
export const uses: Uses = {
  calls: [
    auth.procedures.openSession,
    auth.procedures.jwks,
    ...allContracts
      .flatMap((contract) => Object.values(contract.procedures))
      .filter((procedure) => procedure.socket),
    ...channels.flatMap(({ channel }) => channel.snapshot ?? []),
    ...new Set(channels.map(({ service }) => service)).values().map(streamState),
  ],
  channels,
}
