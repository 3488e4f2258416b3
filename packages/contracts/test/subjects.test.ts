// Goal: nothing a client sends can become another subject than the one meant.
// Method: hostile and random values through every argument of every builder.
// Shows: I1 (part)
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DEAD_STREAM,
  CANARIES,
  FEEDS,
  canarySubject,
  Failure,
  REPUBLISH,
  covers,
  deadSubject,
  durableName,
  eventPattern,
  eventSubject,
  eventSubjects,
  feedPattern,
  feedSubject,
  inboxPrefix,
  isReplySubject,
  ownSignals,
  parseDeadSubject,
  parseEventSubject,
  rpcSubject,
  rpcSubjects,
  signalSubject,
  signalSubjects,
  storedSubject,
  streamName,
  subjectToken,
  topicSubjects,
} from '../src/index.ts'

const HOSTILE = [
  ...['', '.', 'a.b', '.a', 'a.', '*', '>', 'a*', 'a>', '$SYS', '$JS', '_INBOX.x'],
  ...[' ', 'a b', 'a\t', 'a\r\nPUB x 0', 'a\n', '\u0000', 'a\u2028', '\u200b', 'ä', 'а', '𝒂', '％'],
  ...['a'.repeat(65), 'a'.repeat(5_000), '../a', 'a/b', 'a%2e', '{a}', '"', "'", '\\', 'usr_1;'],
]

/** Every builder with one argument left open, and how many tokens its result has. */
const BUILDERS: [name: string, tokens: number, build: (value: string) => string][] = [
  ['subjectToken', 1, (value) => subjectToken(value)],
  ['rpcSubject, service', 3, (value) => rpcSubject(value, 'get')],
  ['rpcSubject, procedure', 3, (value) => rpcSubject('auth', value)],
  ['rpcSubject, procedure of version 2', 4, (value) => rpcSubject('auth', `v2.${value}`)],
  ['rpcSubjects', 3, (value) => rpcSubjects(value)],
  ['eventSubject, service', 4, (value) => eventSubject(value, 'keys', 'all')],
  ['eventSubject, topic', 4, (value) => eventSubject('auth', value, 'all')],
  ['eventSubject, key', 4, (value) => eventSubject('auth', 'keys', value)],
  ['eventSubjects', 3, (value) => eventSubjects(value)],
  ['topicSubjects, service', 4, (value) => topicSubjects(value, 'keys')],
  ['topicSubjects, topic', 4, (value) => topicSubjects('auth', value)],
  ['feedSubject, service', 4, (value) => feedSubject(value, 'keys', 'all')],
  ['feedSubject, topic', 4, (value) => feedSubject('auth', value, 'all')],
  ['feedSubject, key', 4, (value) => feedSubject('auth', 'keys', value)],
  ['signalSubject, service', 4, (value) => signalSubject(value, 'sampled', 'all')],
  ['signalSubject, signal', 4, (value) => signalSubject('network', value, 'all')],
  ['signalSubject, key', 4, (value) => signalSubject('network', 'sampled', value)],
  ['signalSubjects, service', 4, (value) => signalSubjects(value, 'sampled')],
  ['signalSubjects, signal', 4, (value) => signalSubjects('network', value)],
  ['ownSignals', 3, (value) => ownSignals(value)],
  ['deadSubject, service', 3, (value) => deadSubject(value, 'credit')],
  ['deadSubject, consumer', 3, (value) => deadSubject('auth', value)],
  ['streamName', 1, (value) => streamName(value)],
  ['durableName, service', 1, (value) => durableName(value, 'credit')],
  ['durableName, consumer', 1, (value) => durableName('auth', value)],
  ['inboxPrefix', 2, (value) => inboxPrefix(value)],
]

describe.each(BUILDERS)('%s', (_, tokens, build) => {
  test.each(HOSTILE)('refuses %j', (value) => {
    expect(() => build(value)).toThrow(Failure)
    expect(() => build(value)).toThrow(expect.objectContaining({ code: 'invalid', status: 422 }))
  })

  test('makes the same number of tokens of whatever it lets through', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
      fc.stringMatching(/^[A-Za-z.*> _-]{1,6}$/),
    )
    fc.assert(
      fc.property(value, (text) => {
        if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) expect(build(text).split('.')).toHaveLength(tokens)
        else expect(() => build(text)).toThrow(Failure)
      }),
    )
  })
})

describe('subjects', () => {
  test('read as the architecture page has them', () => {
    expect(rpcSubject('earnings', 'getSummary')).toBe('rpc.earnings.getSummary')
    expect(rpcSubject('earnings', 'v2.getSummary')).toBe('rpc.earnings.v2.getSummary')
    expect(rpcSubjects('earnings')).toBe('rpc.earnings.>')
    expect(eventSubject('earnings', 'ledger', 'usr_1')).toBe('evt.earnings.ledger.usr_1')
    expect(eventSubjects('earnings')).toBe('evt.earnings.>')
    expect(topicSubjects('earnings', 'ledger')).toBe('evt.earnings.ledger.*')
    expect(feedSubject('earnings', 'ledger', 'usr_1')).toBe('feed.earnings.ledger.usr_1')
    expect(signalSubject('network', 'sampled', 'usr_1')).toBe('sig.network.sampled.usr_1')
    expect(deadSubject('earnings', 'credit')).toBe('dead.earnings.credit')
    expect(streamName('user-data')).toBe('EVT_USER_DATA')
    expect(durableName('earnings', 'credit')).toBe('earnings_credit')
    expect(inboxPrefix('earnings')).toBe('_INBOX.earnings')
    expect([REPUBLISH.src, REPUBLISH.dest, FEEDS]).toEqual(['evt.>', 'feed.>', 'feed.>'])
    expect(canarySubject('a1')).toBe('feed.canary.a1')
    expect(DEAD_STREAM).toEqual({ name: 'DEAD', subjects: 'dead.>' })
  })

  test('of canaries are none of events: nobody takes one for the other', () => {
    const subject = canarySubject('a1')
    expect(parseEventSubject(subject)).toBeUndefined()
    expect([feedPattern({}), CANARIES, FEEDS].map((one) => covers(one, subject))).toEqual([
      false,
      true,
      true,
    ])
    expect(() => canarySubject('a.b')).toThrow(Failure)
  })

  test.each(['v1.get', 'v0.get', 'v02.get', 'v2get.x', 'V2.get', 'v2.v3.get', 'a.v2.get', 'v2.'])(
    'have a dot in a procedure only behind its major: not %j',
    (name) => expect(() => rpcSubject('earnings', name)).toThrow(Failure),
  )

  test('of events come apart as they were put together', () => {
    const parts = { service: 'earnings', topic: 'ledger', key: 'usr_1' }
    const feed = feedSubject(parts.service, parts.topic, parts.key)
    expect(parseEventSubject(feed)).toEqual(parts)
    expect(storedSubject(feed)).toBe('evt.earnings.ledger.usr_1')
    expect(parseEventSubject(storedSubject(feed))).toEqual(parts)
  })

  test.each([
    '',
    'evt',
    'evt.a.b',
    'evt.a.b.c.d',
    'evt.a..c',
    'evt.a.b.',
    'rpc.a.b.c',
    'x.evt.a.b',
  ])('that are none of an event come apart as nothing: %j', (subject) =>
    expect(parseEventSubject(subject)).toBeUndefined(),
  )

  test('for replies are inboxes and nothing else', () => {
    expect(isReplySubject('_INBOX.edge.abc')).toBe(true)
    expect(isReplySubject('_R_.abc')).toBe(true)
    for (const other of ['rpc.auth.verify', 'evt.a.b.c', '_INBOX', '_INBOXX.a', '$JS.API.INFO', ''])
      expect(isReplySubject(other)).toBe(false)
  })

  test('of patterns have a wildcard for what is left out, and nothing else', () => {
    expect(eventPattern({ service: 'earnings', key: 'usr_1' })).toBe('evt.earnings.*.usr_1')
    expect(feedPattern({})).toBe('feed.*.*.*')
    expect(() => feedPattern({ service: 'earnings', topic: '*' })).toThrow(Failure)
    expect(() => eventPattern({ key: 'a.b' })).toThrow(Failure)
  })

  test('of dead letters come apart as they were put together', () => {
    const letter = { service: 'earnings', consumer: 'creditOnRewarded' }
    expect(parseDeadSubject(deadSubject(letter.service, letter.consumer))).toEqual(letter)
    for (const other of ['dead', 'dead.a', 'dead.a.b.c', 'dead..b', 'evt.a.b'])
      expect(parseDeadSubject(other)).toBeUndefined()
  })

  test.each([
    ['a.b', 'a.b', true],
    ['a.*', 'a.b', true],
    ['a.*', 'a.*', true],
    ['a.*', 'a.>', false],
    ['a.*', 'a', false],
    ['a.*', 'a.b.c', false],
    ['a.>', 'a.b.c', true],
    ['a.>', 'a.*.>', true],
    ['a.>', 'a.>', true],
    ['a.>', 'a', false],
    ['a.*.>', 'a.>', false],
    ['a.b', 'a.*', false],
    ['>', 'a', true],
  ])('of a right %j cover %j: %j', (pattern, subject, expected) =>
    expect(covers(pattern, subject)).toBe(expected),
  )
})
