// Goal: who is woken by an alert finds whose it is, how bad, a page about it, and commands that exist.
// Method: alerts, their files, the pages and the sources of the commands are held against each other.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { baseConfig } from '@meshboard/kit'
import { expect, test } from 'vitest'
import { services } from '../src/mesh.ts'
import { alertmanagerYaml } from '../watch/alertmanager.ts'
import { watchFiles } from '../watch/files.ts'
import { RUNBOOKS_URL, ruleFiles, rulesYaml, runbookOf } from '../watch/rules.ts'
import { signedProcedures } from '../watch/alerts/callers.ts'
import { allWatched } from '../watch/watched.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const alertNames = [...new Set(ruleFiles.flatMap(({ alerts }) => alerts.map(({ name }) => name)))]
/** A page of work that no alert asks for. */
const OTHER = 'backup-and-restore.md'
const pages = readdirSync(new URL('docs/runbooks', root)).filter((name) => name !== OTHER)
const runbooks = pages.filter((name) => name !== 'README.md')

const SECTIONS = [
  'User impact',
  'First three commands',
  'Causes, and what to do',
  'Roll back',
  'Escalate',
]

test('every alert has a runbook, and every runbook an alert', () => {
  expect(runbooks.toSorted()).toEqual(alertNames.map((name) => runbookOf({ name })).toSorted())
})

test.each(runbooks)('%s has every section and three commands', (name) => {
  const page = read(`docs/runbooks/${name}`)
  const titles = [...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title)
  expect(runbookOf({ name: /^# (\w+)\n\n\S/.exec(page)?.[1] ?? '' })).toBe(name)
  expect(titles).toEqual(SECTIONS)
  const commands = /```sh\n([\s\S]*?)\n```/.exec(page)?.[1]?.split('\n') ?? []
  expect(commands).toHaveLength(3)
  for (const command of commands) expect(command).toMatch(/^(npm|kubectl|psql|redis-cli) /)
})

test('every alert has an owner, a severity, a sentence and the address of its runbook', () => {
  const owners = new Set(allWatched.map(({ owner }) => owner))
  for (const file of ruleFiles) {
    const yaml = rulesYaml(file)
    const blocks = yaml.split(/^ {6}- alert: /m).slice(1)
    expect(blocks).toHaveLength(file.alerts.length)
    for (const block of blocks) {
      const [name = ''] = block.split('\n', 1)
      expect(block).toContain(`runbook_url: ${RUNBOOKS_URL}/${runbookOf({ name })}\n`)
      expect(block).toMatch(/severity: (page|ticket)\n/)
      expect(block).toContain(`service: ${file.name}\n`)
      expect(owners).toContain(/owner: (\S+)/.exec(block)?.[1])
      expect(block).toMatch(/summary: '?.*\S\.'?\n/)
    }
  }
})

test('what every owner is told has a place to go to', () => {
  const routing = alertmanagerYaml()
  for (const { owner } of ruleFiles)
    for (const severity of ['page', 'ticket'])
      expect(routing).toContain(`name: ${owner}-${severity}\n`)
})

test('every service has a dashboard and rules, and nothing is left of one that is gone', () => {
  for (const kind of ['dashboards', 'rules']) {
    const folder = `deploy/helm/meshboard/files/${kind}`
    const written = readdirSync(new URL(folder, root)).map((name) => `${folder}/${name}`)
    const meant = watchFiles.map(({ path }) => path).filter((path) => path.startsWith(folder))
    expect(written.toSorted()).toEqual(meant.toSorted())
    for (const { name } of services)
      expect(written.some((path) => /[/-](\w[\w-]*)\.\w+$/.exec(path)?.[0]?.includes(name))).toBe(
        true,
      )
  }
})

test('the procedures that take signatures are found, whatever they are called', () => {
  expect(allWatched.flatMap(signedProcedures)).toContain('auth.verify')
})

/** The source of a command of `mesh`: `dead ls` is `dead-ls.ts`. */
const sourceOf = (words: readonly string[]): string | undefined =>
  [words.slice(0, 2).join('-'), words[0]]
    .map((name) => `packages/cli/src/commands/${name}.ts`)
    .find((path) => existsSync(new URL(path, root)))

test('every command of mesh that a page names exists, with its options', () => {
  const texts = pages.map((name) => read(`docs/runbooks/${name}`)).join('\n')
  const lines = [...texts.matchAll(/npm run -s mesh -- ([^`\n…]+)/g)].map(([, line = '']) => line)
  expect(lines.length).toBeGreaterThan(40)
  const selection = read('packages/cli/src/dead/selection.ts')
  const faults = lines.flatMap((line) => {
    const words = line.trim().split(/\s+/)
    const source = sourceOf(words)
    if (source === undefined) return [`no command: ${line}`]
    const options = words.filter((word) => word.startsWith('--'))
    const text = read(source) + (words[0] === 'dead' ? selection : '')
    return options
      .filter((option) => !new RegExp(`['"]${option}[ '"]`).test(text))
      .map((option) => `no option ${option}: ${line}`)
  })
  expect(faults).toEqual([])
})

test('every setting that a page names is one', () => {
  const elsewhere = ['DATABASE_URL', 'REDIS_URL', 'SERVICE', 'STREAM_BYTES_MAX']
  const settings = [baseConfig, ...services.map(({ config }) => config)].flatMap((config) =>
    Object.values(config).map(({ env }) => env),
  )
  const texts = pages.map((name) => read(`docs/runbooks/${name}`)).join('\n')
  const named = [...texts.matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g)].map(([name]) => name)
  const known = new Set([...settings, ...elsewhere])
  expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([])
})
