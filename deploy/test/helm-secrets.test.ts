// Goal: each service has passwords of its own that open what they are for, and nobody reads them who
// need not.
// Method: the evaluation release, whose secrets are made from a seed: the environment of each pod is
// put together as Kubernetes would, and read by the service's own configuration.
import { createPrivateKey } from 'node:crypto'
import { baseConfig, readConfig } from '@meshboard/kit'
import { beforeAll, describe, expect, test } from 'vitest'
import { brokerPermissions, schemas, services } from '../src/index.ts'
import { type KubernetesObject, helm, render, valuesFiles } from './helm-chart.ts'
import { type Container, environmentOf, podsOf } from './helm-pods.ts'

const files = await valuesFiles()

describe.skipIf(helm === undefined)('secrets', () => {
  let objects: KubernetesObject[]

  beforeAll(async () => {
    objects = await render({ files: ['evaluation.yaml'] })
  })

  const containerOf = (owner: string): Container => {
    const found = podsOf(objects).find((pod) => pod.owner === owner)?.containers[0]
    if (found === undefined) throw new Error(`there is no ${owner}`)
    return found
  }
  const environmentOfService = (name: string) =>
    environmentOf(containerOf(`Deployment meshboard-${name}`), objects)

  test.each(services.map((service) => [service.name, service] as const))(
    '%s starts with the environment it is given',
    (name, service) => {
      const environment = environmentOfService(name)
      const config = readConfig({ ...baseConfig, ...service.config }, environment)
      expect(config).toMatchObject({ opsHost: '0.0.0.0', opsPort: 9100, natsUser: name })
      const known = [...Object.values(baseConfig), ...Object.values(service.config)].map(
        ({ env }) => env,
      )
      const helpers = ['DATABASE_PASSWORD', 'REDIS_PASSWORD', 'NODE_OPTIONS']
      expect(Object.keys(environment).filter((env) => !known.includes(env))).toEqual(
        helpers.filter((env) => env in environment),
      )
    },
  )

  test('a service with a schema works as its own role, with a password of its own', () => {
    const urls = Object.keys(schemas).map((name) => {
      const url = new URL(environmentOfService(name)['DATABASE_URL'] ?? '')
      expect(url.username).toBe(`${name.replaceAll('-', '_')}_app`)
      return url.password
    })
    expect(new Set(urls).size).toBe(urls.length)
  })

  test('what sets a service up gives its role the password that it comes with', () => {
    for (const name of Object.keys(schemas)) {
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
    const users = [...brokerPermissions().matchAll(/\$(NATS_PASSWORD_(\w+))/g)]
    expect(users.length).toBeGreaterThan(services.length)
    for (const [, variable = ''] of users) expect(environment[variable]).toMatch(/^pw[0-9a-f]{40}$/)
    for (const { name } of services) {
      const variable = `NATS_PASSWORD_${name.toUpperCase().replaceAll('-', '_')}`
      expect(environmentOfService(name)['NATS_PASSWORD']).toBe(environment[variable])
    }
    expect(new Set(users.map(([, variable = '']) => environment[variable])).size).toBe(users.length)
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

  test.each(files)('with %s each key of a secret has one place', async (file) => {
    const pods = podsOf(await render({ files: [file] }))
    for (const { containers } of pods)
      for (const { env = [] } of containers)
        for (const { name, value } of env)
          if (/PASSWORD|SECRET/.test(name)) expect(value, name).toBeUndefined()
  })

  test('a release without a seed makes none', async () => {
    const kinds = (await render({ files: ['external.yaml'] })).map(({ kind }) => kind)
    expect(kinds).not.toContain('Secret')
  })
})
