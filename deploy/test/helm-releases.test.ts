// Goal: a team changes its own release and no object of another one.
// Method: the mesh as releases, one for each service and one for the platform; one team's values, image
// and defaults of the chart are changed, and every release's objects compared byte by byte.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { services } from '../src/index.ts'
import { copyOfChart, helm, renderText, valuesFile } from './helm-chart.ts'
import { objectsIn, chart as ours } from './helm-objects.ts'

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
  const releases: Record<string, string> = {}
  for (const name of names) {
    const own = name === 'earnings' && values !== undefined ? [values] : []
    const options = { chart, files: [...shared, ...own], values: { only: [name] } }
    releases[name] = await renderText({ ...options, release: name })
  }
  return releases
}

const changed = (before: Releases, after: Releases): string[] =>
  names.filter((name) => before[name] !== after[name])

/** Everything that a team may say of its service. */
const teamSays = {
  image: { tag: '9.9.9' },
  autoscaling: { min: 5, max: 50, lag: 10 },
  config: { DATABASE_CONNECTIONS_MAX: 50, STOP_MS_MAX: 60_000 },
  existingSecret: 'ledger-passwords',
  egress: [{ ports: [{ port: 443 }] }],
  postgres: { url: 'postgres://elsewhere:5432/ledger' },
}

// Thirty calls of helm, on a machine that may be busy.
const timeout = 120_000

describe.skipIf(helm === undefined)("a team's release", { timeout }, () => {
  let before: Releases

  beforeAll(async () => {
    before = await allReleases()
  }, timeout)

  test('has objects of its own, and all of them together are the mesh', async () => {
    const namesIn = (text: string) =>
      objectsIn(text)
        .filter(({ kind }) => kind !== 'Pod')
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
        .toSorted()
    const together = Object.values(before).flatMap(namesIn).toSorted()
    expect(new Set(together).size).toBe(together.length)
    expect(together).toEqual(namesIn(await renderText({ files: shared })))
  })

  test('with another image, other values and another secret changes nobody else', async () => {
    await using team = await valuesFile({ services: { earnings: teamSays } })
    expect(changed(before, await allReleases({ values: team.path }))).toEqual(['earnings'])
  })

  test("with other defaults and another contract of the chart's changes nobody else", async () => {
    await using copy = await copyOfChart()
    const edit = async (path: string, from: RegExp, to: string) => {
      const text = await readFile(join(ours, path), 'utf8')
      expect(text).toMatch(from)
      await copy.write(path, text.replace(from, to))
    }
    await edit('values.yaml', /( {2}earnings:\n(?: {4}#.*\n)* {4}autoscaling: ).*/, '$1{ min: 7 }')
    await edit('files/mesh.json', /"owner": "team-rewards"/, '"owner": "team-ledger"')
    expect(changed(before, await allReleases({ chart: copy.folder }))).toEqual(['earnings'])
  })
})
