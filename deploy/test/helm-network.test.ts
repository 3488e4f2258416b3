// Goal: a pod reaches what it needs and is reached by who must, and nothing else.
// Method: the rules of each service compared with what follows from its contract and configuration.
import { describe, expect, test } from 'vitest'
import { schemas } from '../src/index.ts'
import { type KubernetesObject, golden } from './helm-objects.ts'
import { podsOf, servicesIn } from './helm-pods.ts'

interface Rule {
  readonly ports: readonly { port: number | string }[]
  readonly from?: readonly unknown[]
  readonly to?: readonly { podSelector?: { matchLabels: Readonly<Record<string, string>> } }[]
}

const usesRedis = ['edge', 'gateway']
const doors = ['edge', 'gateway']

const evaluation = await golden('evaluation.yaml')
const names = servicesIn(evaluation)

describe('the network policy', () => {
  const policyOf = (name: string, objects: readonly KubernetesObject[] = evaluation) => {
    const found = objects.find(
      ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === `meshboard-${name}`,
    )
    if (found === undefined) throw new Error(`${name} has no policy`)
    return found.spec as unknown as {
      podSelector: { matchLabels: object }
      ingress?: Rule[]
      egress?: Rule[]
    }
  }
  const portsOf = (rules: readonly Rule[] = []) =>
    rules.flatMap(({ ports }) => ports.map(({ port }) => port))

  test('of the platform refuses everything to every pod of the mesh', () => {
    const { podSelector, ...rest } = policyOf('default-deny')
    expect(rest).toEqual({ policyTypes: ['Ingress', 'Egress'] })
    for (const { owner, labels } of podsOf(evaluation))
      expect(labels, owner).toMatchObject(podSelector.matchLabels)
  })

  test.each(names)('of %s allows what it needs', (name) => {
    const { ingress, egress = [] } = policyOf(name)
    expect(portsOf(egress)).toEqual([
      ...[53, 53, 4222],
      ...(name in schemas ? [5432] : []),
      ...(usesRedis.includes(name) ? [6379] : []),
    ])
    for (const { to } of egress) expect(to?.length).toBeGreaterThan(0)
    expect(portsOf(ingress)).toEqual(['ops', ...(doors.includes(name) ? ['door'] : [])])
    expect(ingress?.[0]?.from).toHaveLength(2)
  })

  test('of a bundled server lets in the pods that use it', () => {
    for (const server of ['nats', 'postgres', 'redis']) {
      const from = policyOf(server).ingress?.[0]?.from?.[0] as
        | { podSelector: { matchLabels: object } }
        | undefined
      const allowed = podsOf(evaluation)
        .filter(({ labels }) =>
          Object.entries(from?.podSelector.matchLabels ?? {}).every(
            ([key, value]) => labels[key] === value,
          ),
        )
        .map(({ owner }) => owner.replace('Deployment meshboard-', ''))
        .toSorted()
      const expected = names.filter((name) =>
        server === 'postgres' ? name in schemas : server === 'nats' || usesRedis.includes(name),
      )
      expect(allowed).toEqual(expected.toSorted())
    }
  })

  test('follows the addresses of servers elsewhere, and where they are said to be', async () => {
    const external = await golden('external.yaml')
    expect(portsOf(policyOf('user', external).egress)).toEqual([53, 53, 4222, 5433, 4318])
    // A database of its own, at the usual port.
    expect(portsOf(policyOf('earnings', external).egress)).toEqual([53, 53, 4222, 5432, 4318])
    const postgres = policyOf('user', external).egress?.[2] as { to: unknown[] } | undefined
    expect(postgres?.to).toEqual([{ ipBlock: { cidr: '10.20.0.0/24' } }])
  })
})
