// Goal: a test that drives a program of somebody else's is skipped by name where there is none, or fails where asked.
// Method: one program that every machine has, one that none has.
import { afterEach, expect, test, vi } from 'vitest'
import { outsideTool } from '../src/outside-tool.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test('a program on the PATH is found by its name', () => {
  expect(outsideTool('sh')).toMatch(/\/sh$/)
})

test('a program that is missing is undefined, or an error where all are required', () => {
  vi.stubEnv('REQUIRE_TOOLS', '')
  expect(outsideTool('no-such-tool')).toBeUndefined()
  vi.stubEnv('REQUIRE_TOOLS', '1')
  expect(() => outsideTool('no-such-tool')).toThrow('no-such-tool')
})
