import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

/**
 * Prints `N passed, N failed, N skipped` as the very last line of a run, when the process exits.
 * A file that does not load and an error outside of any test count as failed, and so does a run
 * that ended with an exit code of its own.
 */
export class ClosingLineReporter implements Reporter {
  private readonly write: (line: string) => void
  private counts: Counts = { passed: 0, failed: 0, skipped: 0 }

  constructor(write: (line: string) => void = (line) => void process.stdout.write(line)) {
    this.write = write
  }

  onInit(): void {
    process.once('exit', (code) => this.write(`${this.line(code)}\n`))
  }

  onTestRunEnd(
    modules: ReadonlyArray<Pick<TestModule, 'children' | 'state'>>,
    unhandledErrors: ReadonlyArray<unknown>,
    reason: TestRunEndReason,
  ): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) addModule(counts, module)
    if (reason !== 'passed' && counts.failed === 0) counts.failed = 1
    this.counts = counts
  }

  /** The closing line of a process that ends with `code`. */
  line(code: number): string {
    const { passed, failed, skipped } = this.counts
    return `${passed} passed, ${code === 0 ? failed : Math.max(1, failed)} failed, ${skipped} skipped`
  }
}

const addModule = (counts: Counts, module: Pick<TestModule, 'children' | 'state'>): void => {
  const failedBefore = counts.failed
  for (const test of module.children.allTests()) {
    const { state } = test.result()
    counts[state === 'pending' ? 'skipped' : state] += 1
  }
  if (module.state() === 'failed' && counts.failed === failedBefore) counts.failed += 1
}
