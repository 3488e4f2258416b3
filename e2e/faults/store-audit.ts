import type { StreamReader, TestMesh } from '@meshboard/testkit'
import { HEADERS, streamName } from '@meshboard/contracts'
import { expect } from 'vitest'
import { expectWhole } from '../ledger-audit.ts'

/** A user's connection as its user was told of it last. */
export interface Acknowledged {
  readonly id: string
  readonly seconds: number
}

/** What must hold of network and earnings whatever happened, once nothing is on its way. */
export const expectNothingLost = async (
  { mesh, streams }: { mesh: TestMesh; streams: StreamReader },
  acknowledged: readonly Acknowledged[],
): Promise<void> => {
  for (const service of ['network', 'earnings']) await expectAllSent(mesh, streams, service)
  await expectWhole(mesh.admin, streams)
  await expectKept(mesh, acknowledged)
}

/** What was committed to be sent is in the stream once, and nothing else is. */
const expectAllSent = async (
  mesh: TestMesh,
  streams: StreamReader,
  service: string,
): Promise<void> => {
  const committed = await mesh.admin.withSchema(service).table('outbox').pluck<string[]>('id')
  const stored = await streams.read(streamName(service))
  const sent = stored.map(({ headers }) => headers[HEADERS.messageId] ?? '')
  expect(sent.toSorted()).toEqual(committed.toSorted())
}

/** No connection has less than its user was told, and its points are those of its entries. */
const expectKept = async (mesh: TestMesh, acknowledged: readonly Acknowledged[]): Promise<void> => {
  const { rows } = await mesh.admin.raw<{
    rows: { id: string; online_ms: string; points: string; entries: string }[]
  }>(`select c.id, c.online_ms, c.points_earned_micros as points,
        (select coalesce(sum(amount_micros), 0) from earnings.entries e where e.connection_id = c.id
         and e.amount_micros > 0) as entries
      from network.connections c`)
  for (const { id, seconds } of acknowledged) {
    const row = rows.find((one) => one.id === id)
    expect(Number(row?.online_ms)).toBeGreaterThanOrEqual(seconds * 1_000)
    expect(row?.points).toBe(row?.entries)
  }
}
