// Goal: each generated file has one source, and is what that source says now.
// Method: look through the list, and at the files.
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { generatedFiles } from '../generated-files.ts'
import { generate } from '../generator.ts'

test('every generated file is listed once, but for Markdown pages with several sections', () => {
  const paths = generatedFiles.map(({ path }) => path).filter((path) => !path.endsWith('.md'))
  expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([])
})

test('every generated file is up to date', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const states = await generate({ root, files: generatedFiles, write: false })
  expect(states.filter(({ state }) => state !== 'current')).toEqual([])
})
