import type { KubernetesObject } from './helm-objects.ts'

/** A container, as far as these tests look into it. */
export interface Container {
  readonly name: string
  readonly image: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: readonly Variable[]
  readonly envFrom?: readonly {
    readonly configMapRef?: { readonly name: string }
    readonly secretRef?: { readonly name: string }
  }[]
  readonly resources?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly securityContext?: Readonly<Record<string, unknown>>
  readonly startupProbe?: Readonly<Record<string, unknown>>
  readonly readinessProbe?: Readonly<Record<string, unknown>>
  readonly livenessProbe?: Readonly<Record<string, unknown>>
}

interface Variable {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: {
    readonly secretKeyRef?: { name: string; key: string; optional?: boolean }
    readonly fieldRef?: { fieldPath: string }
  }
}

/** What runs in a pod, and what is known of it. */
export interface Pod {
  readonly owner: string
  readonly kind: string
  readonly labels: Readonly<Record<string, string>>
  readonly containers: readonly Container[]
  readonly initContainers: readonly Container[]
  readonly spec: Readonly<Record<string, unknown>>
}

const KINDS = ['Deployment', 'StatefulSet', 'Job', 'Pod']

/** Every pod that some object would start. */
export const podsOf = (objects: readonly KubernetesObject[]): Pod[] =>
  objects
    .filter(({ kind }) => KINDS.includes(kind))
    .map(({ kind, metadata, spec }) => {
      const template = kind === 'Pod' ? { metadata, spec } : spec?.template
      const pod = template?.spec ?? {}
      return {
        owner: `${kind} ${metadata.name}`,
        kind,
        labels: template?.metadata.labels ?? {},
        containers: (pod['containers'] ?? []) as Container[],
        initContainers: (pod['initContainers'] ?? []) as Container[],
        spec: pod,
      }
    })

/** The services that are there: those of a new one are, once somebody with helm wrote the golden files. */
export const servicesIn = (objects: readonly KubernetesObject[]): string[] =>
  objects
    .filter(({ kind, metadata }) => {
      const component = metadata.labels?.['app.kubernetes.io/component']
      return kind === 'Deployment' && component === 'service'
    })
    .map(({ metadata }) => metadata.name.replace('meshboard-', ''))

type Environment = Record<string, string>

/** The environment that Kubernetes would give a container. Throws when something it names is not there. */
export const environmentOf = (
  { envFrom = [], env = [] }: Container,
  objects: readonly KubernetesObject[],
): Environment => {
  const named = (kind: string, name: string) => {
    const found = objects.find((one) => one.kind === kind && one.metadata.name === name)
    if (found === undefined) throw new Error(`there is no ${kind} ${name}`)
    return found
  }
  const environment: Environment = {}
  for (const { configMapRef, secretRef } of envFrom) {
    if (configMapRef) Object.assign(environment, named('ConfigMap', configMapRef.name).data)
    if (secretRef) Object.assign(environment, named('Secret', secretRef.name).stringData)
  }
  for (const { name, value, valueFrom } of env) {
    if (value !== undefined) environment[name] = filledIn(value, environment)
    if (valueFrom?.fieldRef) environment[name] = 'meshboard-nats-0'
    const from = valueFrom?.secretKeyRef
    if (!from) continue
    const text = named('Secret', from.name).stringData?.[from.key]
    if (text === undefined && !from.optional) throw new Error(`${from.name} has no ${from.key}`)
    if (text !== undefined) environment[name] = text
  }
  return environment
}

const filledIn = (value: string, environment: Environment): string =>
  value.replaceAll(/\$\((\w+)\)/g, (_, name: string) => {
    const text = environment[name]
    if (text === undefined) throw new Error(`$(${name}) is not set before it is used`)
    return text
  })
