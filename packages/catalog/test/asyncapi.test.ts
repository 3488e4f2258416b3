// Goal: the AsyncAPI document is one, and has all that is said.
// Method: AsyncAPI's own parser; then a look for each thing declared.
import { type Procedure, allContracts } from '@meshboard/contracts'
import { describe, expect, test } from 'vitest'
import { catalogOf, meshRecord, pagesOf } from '../src/index.ts'

interface Document {
  channels: Record<string, { address: string | null; messages: Record<string, unknown> }>
  operations: Record<string, { action: string; reply?: object }>
}

/** Of a diagnostic that is no error, but ought not to be there. */
const WARNING = 1
const text = pagesOf(catalogOf({ contracts: allContracts, record: meshRecord })).find(
  ({ path }) => path === '/asyncapi.json',
)?.body
const document = JSON.parse(text ?? '{}') as Document

// It takes seconds of a processor to read a document of this size.
describe.skipIf(process.env['MESH_TEST_FULL'] !== '1')('the parser', () => {
  const faultsIn = async (source: string): Promise<string[]> => {
    const { Parser } = await import('@asyncapi/parser')
    const { diagnostics } = await new Parser().parse(source)
    return diagnostics
      .filter(({ severity }) => severity <= WARNING)
      .map(({ path, message }) => `${path.join('.')}: ${message}`)
  }

  test('finds no fault in it', { timeout: 60_000 }, async () => {
    expect(await faultsIn(text ?? '')).toEqual([])
  })

  test('would find an operation that is none', { timeout: 60_000 }, async () => {
    const operation = { ...document.operations['raise.earnings.credited'], action: 'shout' }
    const wrong = { ...document, operations: { wrong: operation } }
    expect((await faultsIn(JSON.stringify(wrong))).join('\n')).toContain('operations.wrong.action')
  })
})

test('every procedure is a request with its reply', () => {
  for (const { name } of allContracts.flatMap((one) => Object.values<Procedure>(one.procedures))) {
    expect(document.operations[`answer.${name}`]).toMatchObject({ action: 'receive' })
    expect(document.operations[`answer.${name}`]).toHaveProperty('reply')
    expect(document.channels).toHaveProperty([`procedure.${name}`])
  }
})

test('every event is told, and every consumer takes it', () => {
  for (const { name } of allContracts.flatMap((one) => Object.values(one.events)))
    expect(document.operations[`raise.${name}`]).toMatchObject({ action: 'send' })
  for (const { service, consumers } of meshRecord.services)
    for (const { name } of consumers)
      expect(document.operations[`consume.${service}.${name}`]).toMatchObject({ action: 'receive' })
})

test('every channel is shown at the edge', () => {
  for (const name of allContracts.flatMap((one) => Object.keys(one.channels)))
    expect(document.channels[`channel.${name}`]).toMatchObject({ address: name })
})
