// Goal: every pod is probed, bounded and has no rights it does not need, and stops in its own time.
// Method: all pods of every values file, looked through.
import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { type KubernetesObject, golden, valuesFiles } from './helm-objects.ts'
import { type Pod, podsOf, servicesIn } from './helm-pods.ts'

const files = await valuesFiles()

describe('every pod', () => {
  const rendered = new Map<string, KubernetesObject[]>()
  const all: Pod[] = []

  beforeAll(async () => {
    for (const file of files) {
      const objects = await golden(file)
      rendered.set(file, objects)
      all.push(...podsOf(objects))
    }
  })

  const objectsOf = (file: string) => rendered.get(file) ?? []

  test('runs as nobody in particular, on a root it cannot write to, without capabilities', () => {
    expect(all.length).toBeGreaterThan(50)
    for (const { owner, spec, containers, initContainers } of all) {
      expect(spec['securityContext'], owner).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(spec['automountServiceAccountToken'], owner).toBe(false)
      for (const { securityContext } of [...containers, ...initContainers])
        expect(securityContext, owner).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
    }
  })

  test('says how much memory it may take', () => {
    for (const { owner, containers, initContainers } of all)
      for (const { resources } of [...containers, ...initContainers]) {
        expect(resources?.['limits']?.['memory'], owner).toMatch(/^\d+Mi$/)
        expect(resources?.['requests']?.['memory'], owner).toBe(resources?.['limits']?.['memory'])
        expect(resources?.['requests']?.['cpu'], owner).toMatch(/^\d+m$/)
      }
  })

  test('takes no password from a value', () => {
    const variables = all.flatMap(({ containers }) => containers.flatMap(({ env = [] }) => env))
    const named = variables.filter(({ name }) => /PASSWORD|SECRET/.test(name))
    expect(named.length).toBeGreaterThan(50)
    for (const { name, value } of named) expect(value, name).toBeUndefined()
  })

  test('that goes on is probed, a service at its ops port', () => {
    const lasting = all.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    for (const { owner, labels, containers } of lasting) {
      const [container] = containers
      const probes = [container?.startupProbe, container?.readinessProbe, container?.livenessProbe]
      if (labels['app.kubernetes.io/component'] === 'service')
        expect(probes, owner).toMatchObject(
          ['/startupz', '/readyz', '/livez'].map((path) => ({ httpGet: { path, port: 'ops' } })),
        )
      else for (const probe of probes) expect(probe, owner).toBeDefined()
    }
  })

  test('of a service is given ten seconds more than its longest stop', () => {
    const graceOf = (file: string, name: string) =>
      podsOf(objectsOf(file)).find(({ owner }) => owner === `Deployment meshboard-${name}`)?.spec[
        'terminationGracePeriodSeconds'
      ]
    expect(graceOf('evaluation.yaml', 'earnings')).toBe(40)
    expect(graceOf('evaluation.yaml', 'edge')).toBe(55)
    expect(graceOf('high-availability.yaml', 'edge')).toBe(70)
  })

  test('of a service has one Deployment, budget, account, policy and scaling of its own', () => {
    const kinds = ['Deployment', 'HorizontalPodAutoscaler', 'NetworkPolicy', 'PodDisruptionBudget']
    const identities = objectsOf('evaluation.yaml').map(
      ({ kind, metadata }) => `${kind} ${metadata.name}`,
    )
    for (const name of servicesIn(objectsOf('evaluation.yaml')))
      for (const kind of [...kinds, 'ServiceAccount', 'ConfigMap', 'Secret'])
        expect(identities).toContain(`${kind} meshboard-${name}`)
  })

  test('of a service is scaled by one of the two, never by both', () => {
    for (const file of files) {
      const targets = objectsOf(file)
        .filter(({ kind }) => kind === 'HorizontalPodAutoscaler' || kind === 'ScaledObject')
        .map(({ spec }) => spec?.scaleTargetRef?.name)
      expect(new Set(targets).size, file).toBe(targets.length)
    }
  })

  test('of a service is scaled by what is measured, under the names of docs/metrics.md', async () => {
    const page = await readFile(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
    const queries = objectsOf('high-availability.yaml')
      .filter(({ kind }) => kind === 'ScaledObject')
      .flatMap(({ spec }) => spec?.triggers ?? [])
      .flatMap(({ metadata: { query } }) => query ?? [])
    expect(queries).toHaveLength(3)
    for (const query of queries) {
      const [metric = ''] = /(mesh|edge|gateway)_\w+/.exec(query) ?? []
      expect(page).toContain(`\`${metric.replace(/_count$/, '')}\``)
    }
  })

  test('that is one alone has no budget, which would keep its node from being emptied', () => {
    expect(objectsOf('minimal.yaml').map(({ kind }) => kind)).not.toContain('PodDisruptionBudget')
  })

  test('is stopped by no more than one at a time where it is one of several', () => {
    const budgets = objectsOf('evaluation.yaml').filter(
      ({ kind }) => kind === 'PodDisruptionBudget',
    )
    for (const { spec } of budgets) expect(spec?.maxUnavailable).toBe(1)
  })
})
