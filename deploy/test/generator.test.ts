// Goal: a generated file is never out of date unnoticed, and never breaks anybody by itself.
// Method: a folder of its own for each test.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type GeneratedFile, generate } from '../generator.ts'
import { markdownTable, markedSection } from '../markdown.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'generate-'))
})
afterEach(() => rm(root, { recursive: true }))

const read = (path: string) => readFile(join(root, path), 'utf8')
const put = (path: string, text: string) => writeFile(join(root, path), text)
const file = (text: string, breaks: string[] = []): GeneratedFile => ({
  path: 'a/b.txt',
  content: () => text,
  breaks: () => breaks,
})
const run = (one: GeneratedFile, write: boolean, acceptBreaking = false) =>
  generate({ root, files: [one], write, acceptBreaking })

describe('generate', () => {
  test('writes what is not there, with its folder, and finds it current afterwards', async () => {
    expect(await run(file('new'), true)).toMatchObject([{ state: 'out_of_date' }])
    expect(await read('a/b.txt')).toBe('new')
    expect(await run(file('new'), false)).toMatchObject([{ path: 'a/b.txt', state: 'current' }])
  })

  test('only looks when it is told to', async () => {
    await run(file('old'), true)
    expect(await run(file('new'), false)).toMatchObject([{ state: 'out_of_date' }])
    expect(await read('a/b.txt')).toBe('old')
  })

  test('keeps a file whose change breaks somebody, until that is accepted', async () => {
    await run(file('old'), true)
    const breaking = file('new', ['earnings.credited: field "balance" removed'])
    expect(await run(breaking, true)).toMatchObject([
      { state: 'breaking', breaks: ['earnings.credited: field "balance" removed'] },
    ])
    expect(await read('a/b.txt')).toBe('old')
    await run(breaking, true, true)
    expect(await read('a/b.txt')).toBe('new')
  })
})

describe('a marked section', () => {
  const text = '# T\n\n<!-- generated:x -->\nold\n<!-- /generated -->\n\nby hand\n'
  const section = (body: string, name = 'x') => markedSection('r.md', name, () => body)

  test('is written and all around it stays', async () => {
    await put('r.md', text)
    await run(section('| new |'), true)
    expect(await read('r.md')).toBe(
      '# T\n\n<!-- generated:x -->\n\n| new |\n\n<!-- /generated -->\n\nby hand\n',
    )
    expect(await run(section('| new |'), false)).toMatchObject([{ state: 'current' }])
  })

  test('shares a file with others', async () => {
    await put('r.md', `${text}\n<!-- generated:y -->\n<!-- /generated -->\n`)
    await generate({ root, files: [section('one'), section('two', 'y')], write: true })
    expect(await read('r.md')).toMatch(/x -->\n\none\n\n<.*by hand.*y -->\n\ntwo\n\n<!-- \/gen/s)
  })

  test('has to be there', async () => {
    await expect(run(section('x'), true)).rejects.toThrow('r.md is not there')
    await put('r.md', '# T\n')
    await expect(run(section('x'), true)).rejects.toThrow('r.md has no section')
  })
})

test('a table has columns as wide as their widest cell', () => {
  const table = markdownTable(['name', 'x'], [['a', 'one | two']])
  expect(table).toBe('| name | x          |\n| ---- | ---------- |\n| a    | one \\| two |')
})
