// Goal: what is on a feed is shown only when it was raised for that feed.
// Method: messages as the broker would bring them, from a feed and from a stream.
import { HEADERS } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { toFeedEvent, toLiveEvent } from './feed-event.ts'

const message = (subject: string, raisedFor: string | undefined) => ({
  subject,
  data: new Uint8Array(),
  reply: undefined,
  headers: {
    'nats-sequence': '7',
    [HEADERS.n]: '3',
    [HEADERS.event]: 'earnings.credited',
    ...(raisedFor !== undefined && { [HEADERS.subject]: raisedFor }),
  },
})

test.each(['feed.earnings.ledger.usr_1', 'evt.earnings.ledger.usr_1'])(
  'an event on %s is shown when it was raised for it, or does not say',
  (subject) => {
    const own = message(subject, 'evt.earnings.ledger.usr_1')
    expect(toFeedEvent(own)).toMatchObject({ seq: 7, n: 3, name: 'earnings.credited' })
    expect(toFeedEvent(message(subject, undefined))?.n).toBe(3)
  },
)

test.each([
  'evt.earnings.ledger.usr_2',
  'evt.earnings.epochs.usr_1',
  'evt.network.ledger.usr_1',
  'feed.earnings.ledger.usr_1',
  '',
])('one that was raised for %j is not', (raisedFor) => {
  expect(toFeedEvent(message('feed.earnings.ledger.usr_1', raisedFor))).toBeUndefined()
  expect(toFeedEvent(message('evt.earnings.ledger.usr_1', raisedFor))).toBeUndefined()
})

const LIVE = {
  subject: 'feed.network.paths.usr_1',
  data: new Uint8Array(),
  reply: undefined,
  headers: { [HEADERS.event]: 'network.statusChanged' } as Record<string, string>,
}

test.each<[string, { subject?: string; headers?: Record<string, string> }, string | undefined]>([
  ['a signal', { subject: 'sig.network.sampled.usr_1' }, 'usr_1'],
  ['a copy of an event', {}, 'usr_1'],
  ['no event at all', { headers: {} }, undefined],
  ['of another service', { headers: { 'mesh-event': 'user.registered' } }, undefined],
  ['on no subject of ours', { subject: 'network.paths.usr_1' }, undefined],
  [
    'raised for somebody else',
    { headers: { ...LIVE.headers, 'mesh-subject': 'evt.network.paths.usr_2' } },
    undefined,
  ],
])('what comes by is passed on under its key, when it is what it says: %s', (_, given, key) => {
  expect(toLiveEvent({ ...LIVE, ...given }, 7)?.key).toBe(key)
})
