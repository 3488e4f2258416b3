import { fileURLToPath } from 'node:url'
import type { MeshRecord, Release } from '@meshboard/catalog'
import { allContracts, localName } from '@meshboard/contracts'
import type { Uses } from '@meshboard/kit'
import { readHistory } from '../compat/history.ts'
import { judge, lineOf } from '../compat/judge.ts'
import { type MeshDescription, describeMesh } from '../compat/mesh-description.ts'
import { RELEASED, readRelease } from '../compat/release.ts'
import { services } from '../src/mesh.ts'

const released = fileURLToPath(new URL(`../../${RELEASED}`, import.meta.url))

/** What the catalog has to be told besides the contracts: who relies on what, and the releases. */
export const meshRecordText = async (): Promise<string> => {
  const mesh = describeMesh(allContracts, services)
  const record: MeshRecord = {
    services: mesh.services.map((one, at) => ({ ...one, relays: relaysOf(services[at]?.uses) })),
    releases: [...(await unreleased(mesh)), ...(await readHistory(released)).toReversed()],
  }
  return `${JSON.stringify(record, null, 2)}\n`
}

const relaysOf = (uses: Uses | undefined): string[] => {
  const topics = uses?.channels?.map(
    ({ service, channel: { signal, topic } }) =>
      `${service}.${signal ? localName(signal.name) : topic}`,
  )
  return [...new Set(topics)].toSorted()
}

/** What has changed since the last release, if anything has. */
const unreleased = async (mesh: MeshDescription): Promise<Release[]> => {
  const last = await readRelease(released)
  const { breaks, additions } = judge(last.mesh, mesh)
  if (breaks.length + additions.length === 0) return []
  return [{ additions, breaks: breaks.map(lineOf) }]
}
