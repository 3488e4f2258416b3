// Goal: the house looks as docs and CONTRIBUTING say it does.
// Method: every rule over the real tree. rules.test.ts shows that each rule can fail.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { FAILURES, allContracts } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { rules } from '../src/rules.ts'
import { type Exceptions, type Facts, readTree, show } from '../src/tree.ts'

const tree = readTree(fileURLToPath(new URL('../../..', import.meta.url)))
const exceptions = new URL('../exceptions.json', import.meta.url)
const declared = allContracts.flatMap(({ procedures }) =>
  Object.values(procedures).flatMap(({ failures }) => Object.keys(failures)),
)
const facts: Facts = {
  contracts: allContracts.map(({ name, procedures }) => ({
    name,
    procedures: Object.keys(procedures),
  })),
  failureCodes: [...new Set([...Object.keys(FAILURES), ...declared])],
  exceptions: JSON.parse(readFileSync(exceptions, 'utf8')) as Exceptions,
}

test.each(Object.entries(rules))('%s', (_, rule) => {
  expect(rule(tree, facts).map(show)).toEqual([])
})
