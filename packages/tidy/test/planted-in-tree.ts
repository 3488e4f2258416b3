import type { Files, Planted } from './planted-in-code.ts'

const bank = 'services/bank/src'
/** A file of so many lines. */
export const lines = (count: number): string => 'x()\n'.repeat(count)
const folder = (...names: string[]): string => ['', ...names, ''].join('/')

const WHOLE_BANK: Files = Object.fromEntries(
  [
    ...['README.md', 'package.json', 'tsconfig.json', 'test/schema.sql', 'migrations/0001-x.ts'],
    ...['main', 'service', 'config', 'deps', 'uses', 'domain/x', 'store/x'].map(
      (name) => `src/${name}.ts`,
    ),
    'src/procedures/get-balance.ts',
  ].map((path) => [`services/bank/${path}`, '']),
)
const withoutFile = (path: string): Files =>
  Object.fromEntries(Object.entries(WHOLE_BANK).filter(([name]) => name !== path))

/** What the rules about names, sizes, services and pages must find. */
export const plantedInTree: Planted[] = [
  [
    'namesAreKebabCase',
    { [`${bank}/getBalance.ts`]: '' },
    'services/bank/src/getBalance.ts is not kebab-case',
    { [`${bank}/get-balance.test.ts`]: '', 'README.md': '', '.oxlintrc.json': '' },
  ],
  [
    'namesSaySomething',
    { [`${bank}/string-utils.ts`]: '' },
    'has a name that says nothing',
    { [`${bank}/utility-bill.ts`]: '' },
  ],
  [
    'classesSaySomething',
    { [`${bank}/a.ts`]: 'export class SessionManager {}' },
    'has a class SessionManager',
    { [`${bank}/a.ts`]: 'export class Session {}' },
  ],
  [
    'filesAreShort',
    { [`${bank}/a.ts`]: lines(201) },
    `${bank}/a.ts is 201 lines long`,
    { [`${bank}/a.ts`]: lines(200), [`${bank}/a.test.ts`]: lines(300) },
  ],
  [
    'functionsAreShort',
    { [`${bank}/a.ts`]: `const pay = () => {\n${lines(29)}}` },
    `${bank}/a.ts#pay is 31 lines long`,
    { [`${bank}/a.ts`]: `const pay = () => {\n const f = () => {\n${lines(28)}}\n${lines(26)}}` },
  ],
  [
    'failuresAreTested',
    { 'services/bank/test/a.test.ts': `expect(code).toBe('rich')` },
    `no test provokes 'broke'`,
    { 'services/bank/test/a.test.ts': `expect(code).toBe('broke')` },
  ],
  [
    'servicesHaveOneShape',
    withoutFile('services/bank/test/schema.sql'),
    'services/bank has no test/schema.sql',
    WHOLE_BANK,
  ],
  [
    'serviceFoldersAreKnown',
    { ...WHOLE_BANK, [`${bank}/models/a.ts`]: '' },
    `${bank}/models is not in the plan`,
    { ...WHOLE_BANK, [`${bank}/consumers/a-on-b.ts`]: '' },
  ],
  [
    'serviceFoldersAreKnown',
    { 'services/edge/src/store/a.ts': '' },
    'services/edge/src/store is not in the plan',
    { 'services/edge/src/doors/a.ts': '' },
  ],
  [
    'proceduresHaveTheirFiles',
    withoutFile(`${bank}/procedures/get-balance.ts`),
    'has no get-balance.ts for a declared procedure',
    WHOLE_BANK,
  ],
  [
    'proceduresHaveTheirFiles',
    { ...WHOLE_BANK, [`${bank}/procedures/pay.ts`]: '' },
    `${bank}/procedures/pay.ts is no declared procedure`,
    WHOLE_BANK,
  ],
  [
    'consumersNameTheirCause',
    { [`${bank}/consumers/credit.ts`]: '' },
    'is not called <effect>-on-<cause>',
    { [`${bank}/consumers/credit-on-sale.ts`]: '' },
  ],
  [
    'handlersHaveTests',
    { [`${bank}/procedures/pay.ts`]: '' },
    'has no services/bank/test/pay.test.ts',
    { [`${bank}/procedures/pay.ts`]: '', 'services/bank/test/pay.test.ts': '' },
  ],
  [
    'linksResolve',
    { 'docs/a.md': 'See\n[b](../b.md#part).' },
    'docs/a.md:2 links to ../b.md#part, which is not there',
    {
      'docs/a.md': '[b](../b.md) [c](.) [d](https://x.y) [e](#e)\n```\n[f](f.md)\n```',
      'b.md': '',
    },
  ],
  [
    'nothingIsOfOneMachine',
    { 'docs/a.md': `open ${folder('home', 'ann', 'mesh')}` },
    'docs/a.md:1 names a folder of one machine',
    { 'docs/a.md': 'open packages/home/ann, /work-in-progress and https://x.y/home' },
  ],
  [
    'nothingIsOfOneMachine',
    { '.npmrc': `registry=https:${folder('', ['registry', 'npmjs', 'org'].join('.'))}` },
    'names the host of a package registry',
    { 'packages/kit/src/a.ts': 'registry.register(metric)' },
  ],
]
