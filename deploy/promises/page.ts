import { readFileSync } from 'node:fs'
import { markdownTable } from '../markdown.ts'
import type { Claim } from './claims.ts'

/** One part of the catalogue: what is to be shown, by id. */
export interface Group {
  readonly title: string
  readonly rows: Readonly<Record<string, { readonly tier: string; readonly shows: string }>>
}

/** Everything that is to be shown. */
export const catalogue = JSON.parse(
  readFileSync(new URL('catalogue.json', import.meta.url), 'utf8'),
) as readonly Group[]

const HEAD = `# What the mesh promises, and where it is shown

Written by \`npm run generate\` from \`deploy/promises/catalogue.json\` and the line \`// Shows:\` of each test. Tier **c** runs with every \`npm test\`, with reduced counts where it takes long; **f** in full with \`npm run test:full\`; **s** is soak, by hand. "part" is a test that shows some of it. Killing means a killed process, not a lost machine.`

/**
 * The page of promises. Throws for a claim of something that the catalogue has not: it is a slip, or
 * belongs into the catalogue first.
 */
export const promisesPage = (groups: readonly Group[], claims: readonly Claim[]): string => {
  const ids = new Set(groups.flatMap(({ rows }) => Object.keys(rows)))
  const unknown = claims.find(({ id }) => !ids.has(id))
  if (unknown) throw new Error(`${unknown.path} shows ${unknown.id}, which the catalogue has not`)
  return (
    [HEAD, summaryOf(ids, claims), ...groups.map((group) => sectionOf(group, claims)), '']
      .join('\n\n')
      .trimEnd() + '\n'
  )
}

const summaryOf = (ids: ReadonlySet<string>, claims: readonly Claim[]): string => {
  const whole = new Set(claims.filter(({ isPart }) => !isPart).map(({ id }) => id))
  const some = new Set(claims.map(({ id }) => id))
  return `Of ${ids.size}, ${whole.size} are shown, ${some.difference(whole).size} in part, ${ids.size - some.size} not yet.`
}

const sectionOf = ({ title, rows }: Group, claims: readonly Claim[]): string => {
  const lines = Object.entries(rows).map(([id, { tier, shows }]) => [
    id,
    shows,
    tier,
    placesOf(claims.filter((claim) => claim.id === id)),
  ])
  return `## ${title}\n\n${markdownTable(['id', 'what is shown', 'tier', 'shown by'], lines)}`
}

const placesOf = (claims: readonly Claim[]): string =>
  claims.map(({ path, isPart }) => `\`${path}\`${isPart ? ' (part)' : ''}`).join(', ') ||
  'not shown yet'
