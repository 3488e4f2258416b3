// Goal: each way of keeping a stream that can lose acknowledged events, or count them twice, is
// refused by name.
// Method: what the mesh makes of the contracts, changed in one setting at a time.
import { earnings } from '@meshboard/contracts'
import { DiscardPolicy, PersistMode, RetentionPolicy, StorageType } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { expect, test } from 'vitest'
import { dangersOf } from './dangers.ts'
import { streamsOf } from './streams.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const plans = [{ service: 'earnings', contract: earnings, consumers: [] }]
const safe = (replicas: number) => streamsOf(plans, { replicas })

const [stream] = safe(3)
if (!stream) throw new Error('no stream')

test('what follows from the contracts is safe, on one server and in a cluster', () => {
  for (const one of safe(1)) expect(dangersOf(one, { isCluster: false })).toEqual([])
  for (const one of safe(3)) expect(dangersOf(one, { isCluster: true })).toEqual([])
})

test.each([
  ['num_replicas', 1, /fewer than 3 copies/],
  ['max_age', nanos(6 * DAY_MS), /before outboxes do \(7 days\)/],
  ['max_age', nanos(46 * DAY_MS), /counts twice/],
  ['max_age', 0, /counts twice/],
  ['max_bytes', -1, /has no max_bytes/],
  ['max_bytes', undefined, /has no max_bytes/],
  ['storage', StorageType.Memory, /is in memory/],
  ['retention', RetentionPolicy.Workqueue, /takes out what was read/],
  ['retention', RetentionPolicy.Interest, /takes out what was read/],
  ['discard', DiscardPolicy.Old, /drops the oldest/],
  ['max_msgs', 10, /drops by count/],
  ['max_msgs_per_subject', 1, /drops by count/],
  ['deny_purge', false, /may be purged/],
  ['deny_delete', false, /single messages be deleted/],
  ['no_ack', true, /acknowledges nothing/],
  ['persist_mode', PersistMode.Async, /before it has written/],
])('%s %s is refused, with what to do', (setting, value, why) => {
  const dangers = dangersOf({ ...stream, [setting]: value }, { isCluster: true })
  expect(dangers).toHaveLength(1)
  expect(dangers[0]).toMatch(why)
  expect(dangers[0]).toMatch(/^EVT_EARNINGS .*\. [A-Z].*\.$|must refuse the new\.$/)
})

test('only what the mesh means so may be otherwise: letters go, the broker’s own word is pushed out', () => {
  const own = Object.fromEntries(safe(1).map((one) => [one.name, one]))
  expect(own['DEAD']).toMatchObject({ deny_delete: false })
  expect(own['ADVISORY']).toMatchObject({ discard: DiscardPolicy.Old })
  expect(own['AUDIT']).toMatchObject({ max_age: nanos(365 * DAY_MS) })
})
