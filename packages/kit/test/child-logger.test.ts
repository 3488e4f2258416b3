// Goal: what is secret by its name is in no line, also where a logger below another was given it.
// Method: a process that logs, and what it wrote.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

const LOGGER = new URL('../src/logger.ts', import.meta.url).href
const PROGRAM = `
  const { createLogger } = await import('${LOGGER}')
  createLogger('network', 'info').child({ token: 'of-the-child', process: '1' }).info({ token: 'of-the-line' }, 'said')
`

test('a field of a child logger is hidden as one of a line is, and what is no secret is there', () => {
  const args = ['--conditions=@meshboard/source', '--input-type=module', '-e', PROGRAM]
  const line = execFileSync(process.execPath, args, { encoding: 'utf8' })
  expect(line).not.toContain('of-the')
  expect(JSON.parse(line)).toMatchObject({ service: 'network', process: '1', msg: 'said' })
})
