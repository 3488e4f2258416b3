// Goal: each generated file has one source.
// Method: look through the list.
import { expect, test } from 'vitest'
import { generatedFiles } from '../generated-files.ts'

test('every generated file is listed once, but for Markdown pages with several sections', () => {
  const paths = generatedFiles.map(({ path }) => path).filter((path) => !path.endsWith('.md'))
  expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([])
})
