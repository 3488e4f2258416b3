// Goal: a team changes its own release and no object of another one.
// Method: the mesh as releases, one for each service and one for the platform; one team's values, image
// and defaults of the chart are changed, and every release's objects compared byte by byte.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { services } from '../src/index.ts'
import { chart as ours, copyOfChart, helm, render, renderText, valuesFile } from './helm-chart.ts'

type Releases = Readonly<Record<string, string>>

const names = ['platform', ...services.map(({ name }) => name)]

/** What the teams share: where the servers are. */
const shared = ['external.yaml']

interface Team {
  chart?: string
  /** A file with the values of the team of earnings. */
  values?: string
}

/** Every release as its team would install it: with the shared values and its own. */
const allReleases = async ({ chart = ours, values }: Team = {}): Promise<Releases> => {
  const texts = names.map(async (name): Promise<[string, string]> => {
    const own = name === 'earnings' && values !== undefined ? [values] : []
    const options = { chart, files: [...shared, ...own], values: { only: [name] } }
    return [name, await renderText({ ...options, release: name })]
  })
  return Object.fromEntries(await Promise.all(texts))
}

const changed = (before: Releases, after: Releases): string[] =>
  names.filter((name) => before[name] !== after[name])

describe.skipIf(helm === undefined)("a team's release", () => {
  let before: Releases

  beforeAll(async () => {
    before = await allReleases()
  })

  test('has objects of its own, and all of them together are the mesh', async () => {
    const whole = await render({ files: shared })
    const identity = ({ kind, metadata }: { kind: string; metadata: { name: string } }) =>
      `${kind} ${metadata.name}`
    const parts = await Promise.all(
      names.map((name) => render({ files: shared, values: { only: [name] } })),
    )
    const together = parts.flat().map(identity).toSorted()
    const withoutTests = (all: string[]) => all.filter((name) => !name.startsWith('Pod '))
    expect(new Set(withoutTests(together)).size).toBe(withoutTests(together).length)
    expect(withoutTests(together)).toEqual(withoutTests(whole.map(identity).toSorted()))
  })

  test.each<[string, unknown]>([
    ['another image', { image: { tag: '9.9.9' } }],
    ['more copies', { autoscaling: { min: 5, max: 50, lag: 10 } }],
    ['another variable', { config: { DATABASE_CONNECTIONS_MAX: 50, STOP_MS_MAX: 60_000 } }],
    ['a secret of another name', { existingSecret: 'ledger-passwords' }],
    ['a way out of its own', { egress: [{ ports: [{ port: 443 }] }] }],
    ['a database of its own', { postgres: { url: 'postgres://elsewhere:5432/ledger' } }],
  ])('with %s changes nobody else', async (_, settings) => {
    await using team = await valuesFile({ services: { earnings: settings } })
    expect(changed(before, await allReleases({ values: team.path }))).toEqual(['earnings'])
  })

  test('with other defaults in the chart changes nobody else', async () => {
    await using copy = await copyOfChart()
    const values = await readFile(join(ours, 'values.yaml'), 'utf8')
    const other = values.replace(
      /( {2}earnings:\n(?: {4}#.*\n)* {4}autoscaling: ).*/,
      '$1{ lag: 5 }',
    )
    expect(other).not.toBe(values)
    await copy.write('values.yaml', other)
    expect(changed(before, await allReleases({ chart: copy.folder }))).toEqual(['earnings'])
  })

  test('with other facts of its contract changes nobody else', async () => {
    await using copy = await copyOfChart()
    const facts = await readFile(join(ours, 'files/mesh.json'), 'utf8')
    const other = facts.replace('"owner": "team-rewards"', '"owner": "team-ledger"')
    expect(other).not.toBe(facts)
    await copy.write('files/mesh.json', other)
    expect(changed(before, await allReleases({ chart: copy.folder }))).toEqual(['earnings'])
  })
})
