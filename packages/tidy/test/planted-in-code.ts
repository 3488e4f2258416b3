/** Files by their path. */
export type Files = Readonly<Record<string, string>>

/** A rule, what is planted, what is found in it, and the nearest thing that is fine. */
export type Planted = [rule: string, planted: Files, found: string, fine: Files]

const bank = 'services/bank/src'

/** What the rules about imports, calls and syntax must find. */
export const plantedInCode: Planted[] = [
  [
    'packagesImportDownwards',
    { 'packages/kit/src/a.ts': `import { x } from '@meshboard/db'` },
    'packages/kit/src/a.ts:1 imports @meshboard/db',
    { 'packages/kit/src/a.ts': `import { x } from '@meshboard/contracts'` },
  ],
  [
    'packagesImportDownwards',
    { [`${bank}/a.ts`]: `\nexport type { X } from '@meshboard/auth'` },
    `${bank}/a.ts:2 imports @meshboard/auth`,
    { [`${bank}/a.ts`]: `export type { X } from '@meshboard/db'` },
  ],
  [
    'packagesImportDownwards',
    { 'services/gateway/src/a.ts': `const db = await import('@meshboard/db')` },
    'doors hold no state',
    { 'services/gateway/src/a.ts': `const kit = await import('@meshboard/kit')` },
  ],
  [
    'packagesImportDownwards',
    { [`${bank}/a.ts`]: `import { x } from '@meshboard/testkit'` },
    'imports @meshboard/testkit',
    { 'services/bank/test/a.test.ts': `import { x } from '@meshboard/testkit'` },
  ],
  [
    'pathsStayInTheirPart',
    { [`${bank}/a.ts`]: `import { x } from '../../auth/src/b.ts'` },
    'imports ../../auth/src/b.ts out of its own package',
    { [`${bank}/a.ts`]: `import { x } from '../migrations/b.ts'` },
  ],
  [
    'librariesStayInTheirPlace',
    { 'packages/kit/src/a.ts': `import { connect } from '@nats-io/transport-node'` },
    'imports @nats-io/transport-node',
    { 'packages/kit/src/broker/a.ts': `import { connect } from '@nats-io/transport-node'` },
  ],
  [
    'librariesStayInTheirPlace',
    { 'services/edge/src/hub.ts': `import { WebSocket } from 'ws'` },
    'imports ws',
    { 'services/edge/src/upgrade.ts': `import { WebSocket } from 'ws'` },
  ],
  [
    'librariesStayInTheirPlace',
    { [`${bank}/store/a.ts`]: `import type { Knex } from 'knex'` },
    'imports knex',
    { 'packages/db/src/a.ts': `import type { Knex } from 'knex'` },
  ],
  [
    'contractsImportOnlyZod',
    { 'packages/contracts/src/a.ts': `import { readFileSync } from 'node:fs'` },
    'imports node:fs; only zod may be',
    { 'packages/contracts/src/a.ts': `import { z } from 'zod'\nimport { b } from './b.ts'` },
  ],
  [
    'launcherImportsOnlyNode',
    { 'packages/launcher/src/a.mjs': `import pg from 'pg'` },
    'imports pg, which is not installed yet',
    { 'packages/launcher/src/a.mjs': `import { join } from 'node:path'` },
  ],
  [
    'layersLookDown',
    { [`${bank}/procedures/a.ts`]: `import { b } from './b.ts'` },
    'imports ./b.ts: what two handlers share',
    { [`${bank}/procedures/a.ts`]: `import { b } from '../store/b.ts'` },
  ],
  [
    'layersLookDown',
    { [`${bank}/consumers/a.ts`]: `import { b } from '../procedures/b.ts'` },
    'imports ../procedures/b.ts',
    { [`${bank}/consumers/a.ts`]: `import { b } from '../domain/b.ts'` },
  ],
  [
    'layersLookDown',
    { [`${bank}/domain/a.ts`]: `import { b } from '../store/b.ts'` },
    'imports ../store/b.ts',
    { [`${bank}/store/a.ts`]: `import { b } from '../domain/b.ts'` },
  ],
  [
    'domainIsPure',
    { [`${bank}/domain/a.ts`]: `import { x } from '@meshboard/kit'` },
    'imports @meshboard/kit; the domain knows only',
    { [`${bank}/domain/a.ts`]: `import { x } from '@meshboard/contracts'` },
  ],
  [
    'codeParses',
    { 'packages/kit/src/a.ts': 'const = 1' },
    'packages/kit/src/a.ts does not parse',
    { 'packages/kit/src/a.ts': 'const a: number = 1' },
  ],
  [
    'environmentIsReadInOnePlace',
    { [`${bank}/a.ts`]: `const url = process.env['BANK_URL']` },
    `${bank}/a.ts:1 reads process.env`,
    {
      'packages/kit/src/config.ts': 'const env = process.env',
      'services/bank/test/a.test.ts': 'const env = process.env',
      [`${bank}/a.ts`]: '// process.env',
    },
  ],
  [
    'subjectsAreBuiltInOnePlace',
    { [`${bank}/a.ts`]: 'const subject = `evt.${service}.>`' },
    'spells the subject "evt."',
    { [`${bank}/a.ts`]: `const name = 'evt_1' // evt.bank` },
  ],
  [
    'subjectsAreBuiltInOnePlace',
    { 'packages/kit/src/a.ts': `const subject = 'rpc.bank.getBalance'` },
    'spells the subject "rpc.bank.getBalance"',
    { 'packages/kit/src/a.ts': `const attribute = 'rpc.method'` },
  ],
  [
    'onlyProgramsPrint',
    { [`${bank}/a.ts`]: `console.log('x')` },
    `${bank}/a.ts:1 prints`,
    { 'packages/cli/src/a.ts': `console.log('x')`, [`${bank}/a.ts`]: `const a = 'console.log()'` },
  ],
  [
    'domainHasNoClock',
    { [`${bank}/domain/a.ts`]: 'const now = Date.now()' },
    'asks the clock or the dice',
    { [`${bank}/domain/a.test.ts`]: 'const now = Date.now()', [`${bank}/a.ts`]: 'Date.now()' },
  ],
  [
    'domainHasNoClock',
    { [`${bank}/domain/a.ts`]: 'const now = new Date()' },
    'asks the clock or the dice',
    { [`${bank}/domain/a.ts`]: 'const at = new Date(ms)' },
  ],
  [
    'domainHasNoClock',
    { [`${bank}/domain/a.ts`]: `import { randomBytes } from 'node:crypto'` },
    'asks the clock or the dice',
    { [`${bank}/domain/a.ts`]: `import { verify } from 'node:crypto'` },
  ],
  [
    'nothingIsParsedLoosely',
    { [`${bank}/store/a.ts`]: 'const n = parseInt(row.n, 10)' },
    'calls parseInt',
    { [`${bank}/store/a.ts`]: 'const n = BigInt(row.n)' },
  ],
  [
    'syntaxIsPlain',
    { [`${bank}/a.ts`]: 'enum Color { red }' },
    'declares an enum',
    { [`${bank}/a.ts`]: `type Color = 'red'` },
  ],
  [
    'syntaxIsPlain',
    { [`${bank}/a.ts`]: 'export default 1' },
    'has a default export',
    { 'vitest.config.ts': 'export default 1', [`${bank}/a.ts`]: 'export const a = 1' },
  ],
  [
    'testTitlesState',
    { [`${bank}/a.test.ts`]: `test('should work', () => {})` },
    'has a title with "should"',
    { [`${bank}/a.test.ts`]: `test('a session that should end ends', () => {})` },
  ],
  [
    'hooksAreInTestFiles',
    { 'services/bank/test/bed.ts': `afterEach(() => stop())` },
    'services/bank/test/bed.ts:1 sets a hook for whoever imports it first',
    {
      'services/bank/test/a.test.ts': `afterEach(() => stop())`,
      'services/bank/test/bed.ts': `export const bed = () => { onTestFinished(stop) }`,
    },
  ],
  [
    'hooksAreInTestFiles',
    { 'services/bank/test/bed.ts': `vi.setConfig({ testTimeout: 30_000 })` },
    'sets a hook for whoever imports it first',
    { 'services/bank/test/bed.ts': `export const soon = () => vi.waitUntil(done)` },
  ],
]
