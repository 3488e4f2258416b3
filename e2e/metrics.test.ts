// Goal: docs/metrics.md is what an operator can count on; neither series nor logs nor traces take what a client chooses or hides.
// Method: `up` as a process; hundreds of odd visits at both doors; what every ops port, every log file and the trace page says.
// Shows: W2 (part)
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { auth } from '@meshboard/contracts'
import { until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { visitOddly } from './odd-visitor.ts'
import { signUp } from './people.ts'
import { overRest } from './rest.ts'
import { tracesKept } from './traces.ts'
import { Up } from './up.ts'

const PAGE = new URL('../docs/metrics.md', import.meta.url)
const FULL = process.env['MESH_TEST_FULL'] === '1'
const [USERS, VISITS, AT_A_TIME] = FULL ? [200, 2_000, 20] : [4, 100, 20]
const PLANTED = 'planted-a9b4c730da90846d'
/** The name and labels of a series. */
const SERIES = /^(\w+\{.*\}) \S+$/
/** Of the process and of Node.js, by the client library. */
const NOT_OURS = /^(process|nodejs)_/
const LABEL = /(\w+)="([^"]*)"/g
const ENDINGS: ReadonlySet<string> = new Set([
  ...['outcome', 'code', 'status', 'cause', 'reason', 'verdict', 'limit'],
])

let up: Up
beforeAll(async () => {
  const env = {
    GATEWAY_UNSUCCESSFUL_ATTEMPTS_MAX: '1000000',
    LOG_LEVEL: 'trace',
    MESH_TRACES: 'on',
  }
  up = await Up.start(env)
})
afterAll(() => up.remove())

const byName = (one = '', other = '') => (one < other ? -1 : 1)

const opsPorts = async (): Promise<number[]> => {
  const { ops } = ((await up.facts())?.ports ?? {}) as { ops?: unknown }
  return Object.values((ops ?? {}) as Record<string, number>)
}

const linesAt = async (port: number): Promise<string[]> =>
  (await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).split('\n')

const measured = async (line: RegExp): Promise<string[]> => {
  const lines = (await Promise.all((await opsPorts()).map(linesAt))).flat()
  const found = lines.flatMap((text) => line.exec(text)?.[1] ?? [])
  return [...new Set(found.filter((name) => !NOT_OURS.test(name)))]
}

/** The ways in which calls ended, which a busy machine may add to, and what all other labels say. */
const labelsNow = async () => {
  const labels = (await measured(SERIES)).flatMap((series) => [...series.matchAll(LABEL)])
  const endings = labels.filter(([, label = '']) => ENDINGS.has(label))
  const others = labels.filter(([, label = '']) => !ENDINGS.has(label))
  return {
    endings: new Set(endings.map(([, , value = '']) => value)),
    others: new Set(others.map(([text]) => text)),
  }
}

const visit = async (count: number, token: string): Promise<void> => {
  for (let n = 0; n < count; n += AT_A_TIME) {
    const some = Array.from({ length: Math.min(AT_A_TIME, count - n) }, (_, index) => n + index)
    const visits = some.map((i) =>
      visitOddly(up, { token, planted: `${PLANTED}-${count}-${i}` }, i),
    )
    await Promise.all(visits)
  }
}

test('every metric of every process is documented, and every documented one is measured', async () => {
  const page = await readFile(PAGE, 'utf8')
  const documented = [...page.matchAll(/^\| `([a-z_]+)`/gm)].map(([, name]) => name)
  expect((await opsPorts()).length).toBeGreaterThan(4)
  const ours = await measured(/^# TYPE (\S+) /)
  expect(ours.toSorted(byName)).toEqual(documented.toSorted(byName))
})

/** The labels of each metric as the page has them, those of every series aside. */
const documentedLabels = async (): Promise<Map<string, string>> => {
  const rows = (await readFile(PAGE, 'utf8')).matchAll(/^\| `(\w+)` +\| \w+ +\| ([^|]*)\|/gm)
  const sorted = (list: string) =>
    list
      .split(',')
      .map((label) => label.trim())
      .toSorted(byName)
  return new Map([...rows].map(([, name = '', list = '']) => [name, sorted(list).join()]))
}

test('every series has the labels that are documented', async () => {
  const documented = await documentedLabels()
  const found = (await measured(SERIES)).map((series) => {
    const [, name = '', labels = ''] = /^(\w+)\{(.*)\}$/.exec(series) ?? []
    const family = documented.has(name) ? name : name.replace(/_(bucket|count|sum)$/, '')
    const keys = [...labels.matchAll(/(\w+)="/g)].map(([, key = '']) => key)
    const own = keys.filter((key) => !['service', 'process', 'le'].includes(key))
    return `${family}: ${own.toSorted(byName).join()}`
  })
  expect(found.length).toBeGreaterThan(100)
  const faults = [...new Set(found)].filter((line) => {
    const [name = '', labels] = line.split(': ')
    return documented.get(name) !== labels
  })
  expect(faults).toEqual([])
})

const secretsOfTheMesh = async (): Promise<string[]> => {
  const kept = JSON.parse(await readFile(join(up.home, 'secrets.json'), 'utf8')) as object
  const keys = await readdir(join(up.home, 'keys'))
  const pems = await Promise.all(keys.map((name) => readFile(join(up.home, 'keys', name), 'utf8')))
  const bodies = pems.flatMap((pem) => pem.split('\n').filter((line) => line.length > 40))
  const strings = JSON.stringify(kept).match(/pw[0-9a-f]{40}/g) ?? []
  return [...strings, ...bodies]
}

test(
  'what visitors choose or hide is in no series, no log and no trace',
  { timeout: 600_000 },
  async () => {
    const ann = await signUp(up, 'ann')
    await visit(AT_A_TIME, ann.token)
    const before = await labelsNow()
    const people = [ann]
    for (let n = 1; n < USERS; n += 1) people.push(await signUp(up, `person${n}`))
    await visit(VISITS, ann.token)
    const after = await labelsNow()
    expect([...after.others].join('\n')).toMatch(/procedure="network\.get"/)
    expect.soft([...after.others].filter((one) => !before.others.has(one))).toEqual([])
    expect.soft([...after.endings].filter((one) => !/^[a-z0-9_]{2,32}$/.test(one))).toEqual([])
    expect.soft(after.endings.size).toBeLessThan(40)

    const renewed = await overRest(up, auth.procedures.refresh, {
      input: { refresh_token: ann.refreshToken },
    })
    const names = await readdir(join(up.home, 'log'))
    const logs = await Promise.all(
      names.map((name) => readFile(join(up.home, 'log', name), 'utf8')),
    )
    const hidden = [
      PLANTED,
      ...people.flatMap(({ token, refreshToken, password }) => [token, refreshToken, password]),
      ...[renewed.access_token, renewed.refresh_token ?? ''],
      ...(await secretsOfTheMesh()),
    ].filter((secret) => secret !== '')
    expect(logs.join('')).toContain('"level":"debug"')
    const traces = await until(async () => {
      const kept = await tracesKept(up)
      return kept.some((trace) => trace.includes('auth.refresh')) && kept
    })
    const texts = [...logs, ...traces]
    expect(hidden.filter((secret) => texts.some((text) => text.includes(secret)))).toEqual([])
  },
)
