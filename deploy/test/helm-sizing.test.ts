// Goal: the sizing tables follow from the benchmarks, and the chart's own sizes from the same.
// Method: the page of results as it is, and one that says less.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { presets } from '../chart/presets.ts'
import { costsIn, edgeMemory, sizing } from '../chart/sizing.ts'

const results = await readFile(new URL('../../e2e/bench/RESULTS.md', import.meta.url), 'utf8')

test('a cost that the results no longer say ends the generation', () => {
  expect(() => costsIn(results.replace('kibPerConnection', 'memory'))).toThrow(
    'e2e/bench/RESULTS.md does not say `kibPerConnection`',
  )
})

test('twice the cost is half of what a core takes', () => {
  const costs = { ...costsIn(results), requestMicros: 100 }
  expect(sizing(costs)).toMatch(/a request at the gateway +\| 100 µs +\| 7,000 a second/)
  expect(sizing({ ...costs, requestMicros: 200 })).toMatch(/\| 200 µs +\| 3,500 a second/)
})

test('an edge with all its sockets and all that may wait for them stays below its limit', () => {
  const { all } = edgeMemory(costsIn(results))
  expect(all).toBeGreaterThan(400)
  expect(all).toBeLessThan(0.8 * Number.parseInt(presets.connections.resources?.memory ?? '', 10))
})

test('a gateway that is asked for another copy has a core that can still do it', () => {
  const { requestsPerSecond = 0 } = presets.requests.autoscaling
  expect(requestsPerSecond * costsIn(results).requestMicros).toBeLessThan(1e6)
})
