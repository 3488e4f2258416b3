import { expect, test } from 'vitest'

import { run } from './launcher-process.ts'

test('an unknown command prints the usage and exits with 2', async () => {
  const { code, stderr } = await run(['fly'], {})
  expect(code).toBe(2)
  expect(stderr).toMatch(/^unknown command: fly\nusage: /)
})

test('a name that every object has is no command', async () => {
  expect((await run(['constructor'], {})).code).toBe(2)
})
