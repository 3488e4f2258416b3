// Goal: each service has passwords of its own that open what they are for, and nobody reads them who
// need not.
// Method: the evaluation release, whose secrets are made from a seed: the environment of each pod is
// put together as Kubernetes would, and read by the service's own configuration.
import { createPrivateKey } from 'node:crypto'
import { baseConfig, readConfig } from '@meshboard/kit'
import { describe, expect, test } from 'vitest'
import { schemas, services } from '../src/index.ts'
import { golden } from './helm-objects.ts'
import { type Container, environmentOf, podsOf, servicesIn } from './helm-pods.ts'

const objects = await golden('evaluation.yaml')
const names = servicesIn(objects)
const withSchema = Object.keys(schemas).filter((name) => names.includes(name))

describe('secrets', () => {
  const containerOf = (owner: string): Container => {
    const found = podsOf(objects).find((pod) => pod.owner === owner)?.containers[0]
    if (found === undefined) throw new Error(`there is no ${owner}`)
    return found
  }
  const environmentOfService = (name: string) =>
    environmentOf(containerOf(`Deployment meshboard-${name}`), objects)

  test.each(names)('%s starts with the environment it is given', (name) => {
    const service = services.find((one) => one.name === name)
    if (service === undefined) throw new Error(`${name} is no service`)
    const environment = environmentOfService(name)
    const config = readConfig({ ...baseConfig, ...service.config }, environment)
    expect(config).toMatchObject({ opsHost: '0.0.0.0', opsPort: 9100, natsUser: name })
    const known = [...Object.values(baseConfig), ...Object.values(service.config)].map(
      ({ env }) => env,
    )
    const helpers = ['DATABASE_PASSWORD', 'REDIS_PASSWORD', 'NODE_OPTIONS']
    const unknown = Object.keys(environment).filter((env) => !known.includes(env))
    expect(helpers).toEqual(expect.arrayContaining(unknown))
  })

  test('a service with a schema works as its own role, with a password of its own', () => {
    const urls = withSchema.map((name) => {
      const url = new URL(environmentOfService(name)['DATABASE_URL'] ?? '')
      expect(url.username).toBe(`${name.replaceAll('-', '_')}_app`)
      return url.password
    })
    expect(new Set(urls).size).toBe(urls.length)
  })

  test('what sets a service up gives its role the password that it comes with', () => {
    for (const name of withSchema) {
      const job = containerOf(`Job meshboard-${name}-setup-1`)
      expect(job.args).toEqual(['setup', '--only', name])
      const environment = environmentOf(job, objects)
      const variable = `DATABASE_PASSWORD_${name.toUpperCase().replaceAll('-', '_')}`
      expect(environment[variable]).toBe(environmentOfService(name)['DATABASE_PASSWORD'])
      expect(Object.keys(environment).filter((one) => one.startsWith('DATABASE_PASSWORD'))).toEqual(
        [variable],
      )
    }
  })

  test('the broker knows every user of the contracts by the password of its service', () => {
    const environment = environmentOf(containerOf('StatefulSet meshboard-nats'), objects)
    const passwords = Object.entries(environment).filter(([env]) => env.startsWith('NATS_PASSWORD'))
    expect(passwords.length).toBeGreaterThan(names.length)
    for (const [, password] of passwords) expect(password).toMatch(/^pw[0-9a-f]{40}$/)
    for (const name of names) {
      const variable = `NATS_PASSWORD_${name.toUpperCase().replaceAll('-', '_')}`
      expect(environmentOfService(name)['NATS_PASSWORD']).toBe(environment[variable])
    }
    expect(new Set(passwords.map(([, password]) => password)).size).toBe(passwords.length)
  })

  test('what looks at the servers reaches all of them', () => {
    const environment = environmentOf(containerOf('Pod meshboard-meshboard-test-doctor'), objects)
    for (const [env, place] of [
      ['DATABASE_URL', 'meshboard-postgres:5432'],
      ['REDIS_URL', 'meshboard-redis:6379'],
    ] as const) {
      const { host, password } = new URL(environment[env] ?? '')
      expect([host, password]).toEqual([place, expect.stringMatching(/^pw/)])
    }
    expect(environment).toMatchObject({
      NATS_PASSWORD: expect.stringMatching(/^pw/) as string,
      NATS_PASSWORD_OPERATOR: expect.stringMatching(/^pw/) as string,
    })
  })

  test('auth is given a key it can sign with', () => {
    const pem = objects.find(
      ({ kind, metadata }) => kind === 'Secret' && metadata.name === 'meshboard-auth',
    )?.stringData?.['signing-key.pem']
    expect(createPrivateKey(pem ?? '').asymmetricKeyType).toBe('ed25519')
  })

  test('no secret stands anywhere but in a Secret', () => {
    const values = objects
      .filter(({ kind }) => kind === 'Secret')
      .flatMap(({ stringData }) => Object.values(stringData ?? {}))
      .filter((value) => value !== 'postgres')
    expect(values.length).toBeGreaterThan(30)
    for (const object of objects.filter(({ kind }) => kind !== 'Secret')) {
      const text = JSON.stringify(object)
      for (const value of values) expect(text).not.toContain(JSON.stringify(value).slice(1, -1))
    }
  })

  test('a release without a seed makes none', async () => {
    const kinds = (await golden('external.yaml')).map(({ kind }) => kind)
    expect(kinds).not.toContain('Secret')
  })
})
