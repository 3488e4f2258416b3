// Goal: whoever reads only the last line of a run learns what happened.
// Method: hand the reporter runs as vitest would.
import { describe, expect, test } from 'vitest'
import { ClosingLineReporter } from './closing-line-reporter.ts'

type State = 'passed' | 'failed' | 'skipped' | 'pending'
type Modules = Parameters<ClosingLineReporter['onTestRunEnd']>[0]

const moduleOf = (states: State[], state: State = 'passed') =>
  ({
    state: () => state,
    children: { allTests: () => states.map((one) => ({ result: () => ({ state: one }) })) },
  }) as unknown as Modules[number]

const lineAfter = (
  modules: Modules,
  errors: unknown[] = [],
  reason = 'passed',
  code = 0,
): string => {
  const reporter = new ClosingLineReporter()
  reporter.onTestRunEnd(modules, errors, reason as 'passed')
  return reporter.line(code)
}

describe('the closing line', () => {
  test('counts tests over all files', () => {
    const modules = [moduleOf(['passed', 'failed', 'skipped']), moduleOf(['passed', 'pending'])]
    expect(lineAfter(modules, [], 'failed', 1)).toBe('2 passed, 1 failed, 2 skipped')
  })

  test('counts a file that does not load as failed', () => {
    expect(lineAfter([moduleOf([], 'failed')], [], 'failed', 1)).toBe(
      '0 passed, 1 failed, 0 skipped',
    )
  })

  test('counts an error outside of any test as failed', () => {
    expect(lineAfter([moduleOf(['passed'])], [new Error('x')], 'failed', 1)).toBe(
      '1 passed, 1 failed, 0 skipped',
    )
  })

  test('never looks well when the run was interrupted or the exit code says otherwise', () => {
    const modules = [moduleOf(['passed'])]
    expect(lineAfter(modules, [], 'interrupted')).toBe('1 passed, 1 failed, 0 skipped')
    expect(lineAfter(modules, [], 'passed', 1)).toBe('1 passed, 1 failed, 0 skipped')
    expect(new ClosingLineReporter().line(1)).toBe('0 passed, 1 failed, 0 skipped')
  })
})
