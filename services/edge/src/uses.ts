import { allContracts, auth, findChannel, streamState } from '@meshboard/contracts'
import type { Uses } from '@meshboard/kit'

const channels = allContracts
  .flatMap((contract) => Object.keys(contract.channels))
  .map((name) => findChannel(name))
  .filter((placed) => placed !== undefined)

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
