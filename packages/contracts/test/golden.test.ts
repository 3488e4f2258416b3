// Goal: nothing that was ever said on the wire is taken back unnoticed.
// Method: compare the declarations with the committed golden files; see README.md.
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  type ContractDescription,
  type EdgeDescription,
  allContracts,
  breakingChanges,
  breakingEdgeChanges,
  describeContract,
  describeEdgeProtocol,
} from '../src/index.ts'

const folder = new URL('golden/', import.meta.url)
const files = readdirSync(folder).filter((file) => file !== 'edge-protocol.json')
const read = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as T
const onTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const OUT_OF_DATE = 'golden file out of date: run npm run generate'

describe('golden files', () => {
  test('every contract has one', () => {
    const missing = allContracts.filter(({ name }) => !files.includes(`${name}.json`))
    expect(missing.map(({ name }) => name)).toEqual([])
  })

  test.each(files)('%s has not been broken and is up to date', (file) => {
    const before = read<ContractDescription>(file)
    const contract = allContracts.find(({ name }) => name === before.name)
    const after = contract && describeContract(contract)

    expect(breakingChanges(before, after)).toEqual([])
    expect(onTheWire(after), OUT_OF_DATE).toEqual(before)
  })

  test('the edge protocol has not been broken and is up to date', () => {
    const before = read<EdgeDescription>('edge-protocol.json')
    const after = describeEdgeProtocol()

    expect(breakingEdgeChanges(before, after)).toEqual([])
    expect(onTheWire(after), OUT_OF_DATE).toEqual(before)
  })
})
