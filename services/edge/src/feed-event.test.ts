// Goal: what is on a feed is shown only when it was raised for that feed.
// Method: messages as the broker would bring them, from a feed and from a stream.
import { HEADERS } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { toFeedEvent } from './feed-event.ts'

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
