import { defineConfig } from 'vitest/config'
import { ClosingLineReporter } from './packages/tidy/src/closing-line-reporter.ts'

// Workspace packages are taken from their sources; the rest is what Vite has by default.
const conditions = ['@meshboard/source', 'module', 'node', 'development|production']

// Prepares what all files of a run share.
const globalSetup = 'packages/testkit/src/global-setup.ts'

// What a full run measures at the limit of the machine has it to itself.
const isFull = process.env['MESH_TEST_FULL'] === '1'

// Counts the timers of its process: what another file has left there would be among them.
const alone = ['packages/client/test/reconnect.test.ts']

const pure = ['packages/tidy/**/*.test.ts', 'packages/contracts/test/**/*.test.ts']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // The one that global setup runs in.
  environments: { __vitest__: { resolve: { conditions } } },
  test: {
    reporters: ['default', new ClosingLineReporter()],
    teardownTimeout: 20_000,
    // What must come is waited for as long as a busy machine may need.
    expect: { poll: { timeout: 15_000 } },
    // One more than two cores: much of a test on real parts is waiting.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'services/*/src/**/*.test.ts', ...pure],
          testTimeout: 60_000,
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['{packages,services}/*/test/**/*.test.ts', 'deploy/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...pure, ...alone],
          pool: 'forks',
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 90_000,
          globalSetup,
          setupFiles: 'packages/testkit/src/as-new.ts',
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 180_000,
          hookTimeout: 120_000,
          globalSetup,
          ...(isFull && { maxWorkers: 1 }),
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
