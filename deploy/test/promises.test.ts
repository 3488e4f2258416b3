// Goal: nobody claims to show what nobody has promised, and what nobody shows can be seen.
// Method: small catalogues and claims; the page itself is held up to date like every generated file.
import { expect, test } from 'vitest'
import { type Claim, claimsIn } from '../promises/claims.ts'
import { catalogue, promisesPage } from '../promises/page.ts'

const claim = (id: string, isPart = false): Claim => ({ id, isPart, path: 'e2e/a.test.ts' })
const groups = [
  {
    title: 'Events',
    rows: {
      M1: { tier: 'f', shows: 'One.' },
      M2: { tier: 'c', shows: 'Two.' },
      M3: { tier: 'c', shows: 'Three.' },
    },
  },
]

test('the page says who shows what, what is shown in part and what is not', () => {
  const page = promisesPage(groups, [claim('M1'), claim('M2', true)])
  expect(page).toMatch(/\| M1 +\| One\. +\| f +\| `e2e\/a\.test\.ts` +\|/)
  expect(page).toMatch(/\| M2 +\| Two\. +\| c +\| `e2e\/a\.test\.ts` \(part\) \|/)
  expect(page).toMatch(/\| M3 +\| Three\. +\| c +\| not shown yet +\|/)
  expect(page).toContain('Of 3, 1 are shown, 1 in part, 1 not yet.')
})

test('a claim of what the catalogue has not ends the generation', () => {
  expect(() => promisesPage(groups, [claim('M9')])).toThrow(
    'e2e/a.test.ts shows M9, which the catalogue has not',
  )
})

test('a claim stands in the comment that a file begins with', () => {
  const head = '// Goal: a.\n// Method: b\n// and c.\n'
  expect(claimsIn('a', `${head}// Shows: M1, L12 (part)\nimport 'x'\n`)).toEqual([
    { id: 'M1', isPart: false, path: 'a' },
    { id: 'L12', isPart: true, path: 'a' },
  ])
  expect(claimsIn('a', `${head}import 'x'\n// Shows: M1\n`)).toEqual([])
  for (const slip of ['M1 and M2', 'M1,M2', 'm1', 'M1 (most)', ''])
    expect(() => claimsIn('a', `// Shows: ${slip}\n`), slip).toThrow('was meant')
})

test('no id of the catalogue stands in it twice', () => {
  const ids = catalogue.flatMap(({ rows }) => Object.keys(rows))
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.length).toBeGreaterThan(100)
})
