import { expect, test } from 'vitest'
import type { Told } from './report.ts'
import { TextReport } from './report-text.ts'

const textOf = (...told: Told[]): string => {
  let text = ''
  const report = new TextReport((part) => (text += part))
  for (const one of told) report.tell(one)
  return text
}

const quality = (score: number): Told => ({
  event: 'quality',
  status: 'connected',
  score,
  connection_time: 0,
  latency_ms: 0.62,
  jitter_ms: 0.1,
  packet_loss_pct: 0,
  bandwidth_mbps: 412.3,
})

test('two things that have been reached share a row', () => {
  const text = textOf(
    { event: 'registered', user_id: 'usr_1', username: 'bob', public_key: 'ab', created: true },
    { event: 'connected', user_id: 'usr_1', session_id: 'ses_1', node: 'edge-1', ms: 8 },
    { event: 'connection', id: 'con_1', device_id: 'd', network_name: 'home', points_earned: '0' },
    quality(98.6),
  )
  expect(text.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['', 'key', 'created, usr_1 (bob)', 'edge', 'connected in 8 ms, signed in'],
    [
      '',
      'link',
      'con_1 "home"',
      'quality rtt 0.6 ms · jitter 0.1 ms · loss 0 % · 412 Mbit/s · score 98.6',
    ],
    [''],
  ])
})

test('a credit is a line of its own with the balance and the trace', () => {
  const text = textOf({
    event: 'credited',
    entry_id: 'ent_1',
    amount: '0.986000',
    balance: '12.402100',
    source: 'network',
    timestamp: '',
    trace_id: '4bf9',
    seq: 1,
    n: 1,
  })
  expect(text).toBe('  00:00:00  +0.986000 points   balance 12.402100   (trace 4bf9)\n')
})

test('a quality is shown again only when the score has moved by five', () => {
  const text = textOf(quality(98), quality(95), quality(92.5))
  expect(text.match(/score [\d.]+/g)).toEqual(['score 98.0', 'score 92.5'])
})
