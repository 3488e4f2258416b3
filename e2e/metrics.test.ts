// Goal: docs/metrics.md is what an operator can count on: nothing measured is left out, nothing is made up.
// Method: `up` as a process, and what every ops port of it says.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Up } from './up.ts'

const PAGE = new URL('../docs/metrics.md', import.meta.url)
/** Of the process and of Node.js, by the client library. */
const NOT_OURS = /^(process|nodejs)_/

let up: Up
beforeAll(async () => {
  up = await Up.start({})
})
afterAll(() => up.remove())

const byName = (one = '', other = '') => (one < other ? -1 : 1)

const opsPorts = async (): Promise<number[]> => {
  const { ops } = ((await up.facts())?.ports ?? {}) as { ops?: unknown }
  return Object.values((ops ?? {}) as Record<string, number>)
}

const measuredAt = async (port: number): Promise<string[]> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name)
}

test('every metric of every process is documented, and every documented one is measured', async () => {
  const ports = await opsPorts()
  const measured = (await Promise.all(ports.map(measuredAt))).flat()
  const ours = new Set(measured.filter((name) => !NOT_OURS.test(name)))
  const page = await readFile(PAGE, 'utf8')
  const documented = [...page.matchAll(/^\| `([a-z_]+)`/gm)].map(([, name]) => name)
  expect(ports.length).toBeGreaterThan(4)
  expect([...ours].toSorted(byName)).toEqual(documented.toSorted(byName))
})
