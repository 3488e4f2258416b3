import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'

/** The chart of the repository. */
export const chart = fileURLToPath(new URL('../helm/meshboard', import.meta.url))

/** What of the inside of some object these tests look at. */
export interface Spec {
  readonly template?: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> }
    readonly spec: Spec
  }
  readonly maxUnavailable?: number
  readonly scaleTargetRef?: { readonly name: string }
  readonly triggers?: readonly { readonly metadata: { readonly query?: string } }[]
  readonly [field: string]: unknown
}

/** An object of Kubernetes, as far as these tests look into it. */
export interface KubernetesObject {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly data?: Readonly<Record<string, string>>
  readonly stringData?: Readonly<Record<string, string>>
  readonly spec?: Spec
}

/** The objects in a text. */
export const objectsIn = (text: string): KubernetesObject[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null)

/**
 * What would be installed with a values file of `ci/`: its golden file, which `helm-golden.test.ts`
 * holds to be that. So this needs no helm.
 */
export const golden = async (file: string): Promise<KubernetesObject[]> =>
  objectsIn(await readFile(new URL(`golden/helm-${file}`, import.meta.url), 'utf8'))

/** The values files that the chart is tried with. */
export const valuesFiles = async (): Promise<string[]> =>
  (await readdir(join(chart, 'ci'))).toSorted()
