// Goal: measurements of several processes read as those of one, in both texts.
// Method: real registries, written as Prometheus and as OpenMetrics text.
import { createMetrics, expose } from '@meshboard/kit'
import { expect, test } from 'vitest'
import { mergeMetrics } from './merge-metrics.ts'

const OPEN_METRICS = 'application/openmetrics-text'

const measured = async (process: string, accept = '') => {
  const metrics = createMetrics('edge', process)
  metrics.duplicate(`consumer${process}`)
  metrics.callStarted('auth.jwks')('ok')
  return expose(metrics, accept)
}

const both = async (accept?: string) =>
  mergeMetrics([await measured('1', accept), await measured('2', accept)])

test.each(['', OPEN_METRICS])(
  'each family stands once, with the series of all: %j',
  async (accept) => {
    const { type, body } = await both(accept)
    expect(type).toMatch(accept === '' ? /^text\/plain/ : /^application\/openmetrics-text/)
    const lines = body.split('\n')
    const about = lines.filter((line) => /^# (TYPE|HELP)/.test(line))
    expect(about.length).toBeGreaterThan(20)
    expect(new Set(about).size).toBe(about.length)
    const first = lines.findIndex((line) => line.startsWith('# HELP mesh_inbox_duplicates'))
    expect(lines.slice(first + 2, first + 4)).toEqual([
      'mesh_inbox_duplicates_total{consumer="consumer1",service="edge",process="1"} 1',
      'mesh_inbox_duplicates_total{consumer="consumer2",service="edge",process="2"} 1',
    ])
    expect(body).toMatch(/_bucket\{.*process="2".*\} 1$/m)
  },
)

test('OpenMetrics has one end, at the end', async () => {
  const { body } = await both(OPEN_METRICS)
  expect(body.endsWith('\n# EOF\n')).toBe(true)
  expect(body.split('# EOF')).toHaveLength(2)
  expect((await both()).body).not.toContain('# EOF')
})
