import { expect, test } from 'vitest'
import { inspect } from 'node:util'
import {
  ConfigFailure,
  Secret,
  choice,
  defineConfig,
  integer,
  list,
  readConfig,
  url,
} from './config.ts'

const schema = defineConfig({
  database: url({ env: 'DATABASE_URL', meaning: 'the database', schemes: ['postgres:'] }),
  periodMs: integer({ env: 'PERIOD_MS', meaning: 'a period', default: 100, min: 10, max: 1_000 }),
  level: choice({ env: 'LEVEL', meaning: 'a level', default: 'info', of: ['info', 'debug'] }),
  files: list({ env: 'FILES', meaning: 'files', default: '' }),
})

const PASSWORD = 'hunter2'

test('what is not set takes its default', () => {
  const config = readConfig(schema, { DATABASE_URL: `postgres://u:${PASSWORD}@h/d` })
  expect(config).toMatchObject({ periodMs: 100, level: 'info', files: [] })
})

test('all faults are reported at once, each by its name, none with its value', () => {
  const faulty = { DATABASE_URL: `mysql://${PASSWORD}`, PERIOD_MS: '1e3', LEVEL: 'loud' }
  const message = messageOf(() => readConfig(schema, faulty))
  expect(message).toContain('DATABASE_URL must be a URL beginning with postgres://')
  expect(message).toContain('PERIOD_MS must be a whole number from 10 to 1000')
  expect(message).toContain('LEVEL must be one of info, debug')
  expect(message).not.toContain(PASSWORD)
})

test('a variable that must be set is asked for with its meaning', () => {
  expect(messageOf(() => readConfig(schema, {}))).toContain('DATABASE_URL is not set: the database')
})

test('a secret shows itself nowhere', () => {
  const secret = new Secret(PASSWORD)
  expect(`${secret} ${JSON.stringify({ secret })} ${inspect({ secret })}`).not.toContain(PASSWORD)
  expect(secret.reveal()).toBe(PASSWORD)
})

const messageOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigFailure) return error.message
  }
  throw new Error('a ConfigFailure was expected')
}
