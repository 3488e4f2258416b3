// Goal: a client developer can rely on the tables of the protocol page.
// Method: schemas put into words; the page itself, against the vectors and the catalogue it is from.
import { readFile } from 'node:fs/promises'
import { CLOSE_CODES, FAILURES, describeEdgeProtocol } from '@meshboard/contracts'
import { service as edge } from '@meshboard/edge'
import { describe, expect, test } from 'vitest'
import { fieldType } from '../protocol/field-type.ts'

const docs = new URL('../../docs/', import.meta.url)
const page = await readFile(new URL('protocol.md', docs), 'utf8')

describe('a schema in words', () => {
  test.each([
    [{ type: 'integer', minimum: 1, maximum: 60_000 }, 'integer 1 to 60000'],
    [{ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, 'integer from 0'],
    [{ type: 'integer', minimum: Number.MIN_SAFE_INTEGER }, 'integer'],
    [{ type: 'string', maxLength: 64 }, 'text, up to 64 characters'],
    [{ type: 'string', minLength: 3, maxLength: 64 }, 'text, 3 to 64 characters'],
    [{ type: 'string', pattern: '^[0-9a-f]{64}$' }, '64 hex digits'],
    [{ enum: ['ok', 'degraded'] }, '`"ok"`, `"degraded"`'],
    [{ type: 'array', items: { type: 'string' } }, 'list of text'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, 'object of text'],
    [{ anyOf: [{ type: 'boolean' }, {}] }, 'boolean, or any'],
  ])('%j', (schema, words) => expect(fieldType(schema)).toBe(words))

  test('that nobody has found words for is said, and not left out', () => {
    expect(() => fieldType({ type: 'number' })).toThrow('no words for')
    expect(() => fieldType({ type: 'string', pattern: '^odd$' })).toThrow('no words for')
  })
})

test('the page has every frame, close code and failure', () => {
  const { clientFrames, serverFrames } = describeEdgeProtocol()
  for (const type of [...Object.keys(clientFrames), ...Object.keys(serverFrames)]) {
    expect(page).toContain(`#### \`${type}\``)
  }
  for (const { code } of Object.values(CLOSE_CODES)) expect(page).toContain(`| \`${code}\` |`)
  for (const code of Object.keys(FAILURES)) expect(page).toContain(`| \`${code}\``)
})

test('the page has every limit whose meaning names a close code or a refusal', () => {
  const telling = Object.values(edge.config).filter(({ meaning }) =>
    /close[sd]? (with )?4\d{3}|is refused with/.test(meaning),
  )
  expect(telling.length).toBeGreaterThan(10)
  expect(telling.filter(({ env }) => !page.includes(`| \`${env}\``)).map(({ env }) => env)).toEqual(
    ['EDGE_ORIGINS'],
  )
})

test('the page shows the bytes of the vectors', async () => {
  const { challenge, signed_time: times } = JSON.parse(
    await readFile(new URL('protocol-vectors.json', docs), 'utf8'),
  ) as Record<'challenge' | 'signed_time', [{ message_hex: string; signature: string }]>
  const hex = [...page.matchAll(/^```\n([0-9a-f\n]+)\n```$/gm)].map(([, text = '']) =>
    text.replaceAll('\n', ''),
  )
  const shown = [challenge[0], times[0]].flatMap((one) => [one.message_hex, one.signature])
  expect(hex).toEqual(shown)
})
