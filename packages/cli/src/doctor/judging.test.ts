// Goal: what servers say of themselves is judged: versions, disks, clocks, copies, certificates.
// Method: the pure functions, with reports in which one thing is wrong.
import type { ServerReport, StreamHealth } from '@meshboard/kit'
import { expect, test } from 'vitest'
import { judgeCertificate } from './certificate.ts'
import { judgeClock } from './clock.ts'
import { isOlder, judgeServers } from './servers.ts'
import { judgeStreams } from './streams.ts'

const GIB = 2 ** 30
const DAY_MS = 24 * 60 * 60 * 1_000
const server = (name: string, change: Partial<ServerReport> = {}): ServerReport => ({
  id: name,
  name,
  version: '2.15.1',
  now: 1_000,
  askedAt: 1_000,
  roundTripMs: 2,
  syncsAlways: true,
  store: { bytesMax: 10 * GIB, bytes: GIB, reserved: 2 * GIB },
  lostPeers: [],
  certificateEndsAt: undefined,
  ...change,
})
const three = (change?: Partial<ServerReport>) => [server('n1'), server('n2'), server('n3', change)]
const wrong = (servers: readonly ServerReport[]) =>
  judgeServers(servers)
    .filter(({ state }) => state !== 'ok')
    .map(({ state, check }) => `${state} ${check}`)

test('three servers as they should be have nothing wrong', () => {
  expect(wrong(three())).toEqual([])
})

test.each([
  [three({ version: '2.15.2' }), 'warning broker'],
  [three({ version: '2.12.11' }), 'bad broker'],
  [three().slice(1), 'bad broker'],
  [[], 'bad broker'],
  [three({ syncsAlways: false }), 'bad writes of n3'],
  [three({ store: undefined }), 'bad disk of n3'],
  [three({ store: { bytesMax: 10 * GIB, bytes: 9 * GIB, reserved: 9 * GIB } }), 'bad disk of n3'],
  [three({ store: { bytesMax: 10 * GIB, bytes: 0, reserved: 9.5 * GIB } }), 'warning disk of n3'],
  [three({ lostPeers: ['n1'] }), 'bad peers of n3'],
  [three({ now: 1_400 }), 'warning clock of n3'],
  [three({ now: 9_000 }), 'bad clock of n3'],
  [three({ certificateEndsAt: Date.now() + 10 * DAY_MS }), 'warning certificate of n3'],
])('one thing wrong is found: %#', (servers, finding) => {
  expect(wrong(servers)).toEqual([finding])
})

test('versions are compared number by number', () => {
  expect(isOlder('2.9.30', '2.12.12')).toBe(true)
  expect(isOlder('2.12.12', '2.12.12')).toBe(false)
  expect(isOlder('2.12.12-RC.1', '2.12.12')).toBe(false)
  expect(isOlder('10.0.0', '2.12.12')).toBe(false)
})

test('a clock is not blamed for what the way there may have taken', () => {
  expect(judgeClock('x', { now: 1_400, askedAt: 1_000, roundTripMs: 400 }).state).toBe('ok')
})

test('a certificate is told long before its end', () => {
  const states = [-1, 5, 20, 90].map((days) => judgeCertificate('x', days * DAY_MS, 0)[0]?.state)
  expect(states).toEqual(['bad', 'bad', 'warning', 'ok'])
  expect(judgeCertificate('x', undefined)).toEqual([])
})

const copy = (name: string, change: object = {}) => ({
  server: name,
  isCurrent: true,
  isAway: false,
  lag: 0,
  ...change,
})
const stream = (change: Partial<StreamHealth> = {}): StreamHealth => ({
  name: 'EVT_EARNINGS',
  bytes: 10,
  bytesMax: 100,
  copies: 3,
  leader: 'n1',
  peers: [copy('n2'), copy('n3')],
  dangers: [],
  ...change,
})

test.each([
  [{}, 'ok', /^1 with room, 3 copies$/],
  [{ leader: undefined }, 'bad', /no leader/],
  [{ peers: [copy('n2')] }, 'bad', /^2 of 3 copies$/],
  [{ peers: [copy('n2'), copy('n3', { isAway: true })] }, 'bad', /copy on n3 is away/],
  [{ peers: [copy('n2'), copy('n3', { isCurrent: false, lag: 7 })] }, 'warning', /7 writes behind/],
  [{ bytes: 85 }, 'warning', /^85 B of 100 B$/],
  [{ bytes: 96 }, 'bad', /about to take nothing more/],
  [{ dangers: ['it may be purged'] }, 'bad', /may be purged/],
] as const)('a stream is judged by its copies and its room: %#', (change, state, text) => {
  const [finding, ...rest] = judgeStreams([stream(change)], { isCluster: true })
  expect(rest).toEqual([])
  expect(finding).toMatchObject({ state, text: expect.stringMatching(text) })
})
