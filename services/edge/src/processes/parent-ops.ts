import {
  type Exposition,
  type OpsServer,
  createMetrics,
  expose,
  startOpsServer,
  versionOf,
} from '@meshboard/kit'
import { service } from '../service.ts'
import { mergeMetrics } from './merge-metrics.ts'
import { SILENT, type Sibling } from './sibling.ts'

/** How often each process is asked whether it is alive. */
const ASK_EVERY_MS = 500

interface Asked {
  readonly host: string
  readonly port: number
  readonly revision: string
  readonly siblings: readonly Sibling[]
  /** How long one may not answer before it is taken for dead. */
  readonly stalledMsMax: number
}

/** Opens the one ops server of several processes: ready, alive and measured as all of them together. */
export const openOps = async ({
  host,
  port,
  revision,
  siblings,
  stalledMsMax,
}: Asked): Promise<OpsServer> => {
  const { name } = service
  const metrics = createMetrics(name, '0')
  const ops = await startOpsServer({
    ...{ service: name, version: versionOf(undefined), revision, host, port },
    async expose(accept = '') {
      const own = expose(metrics, accept)
      const theirs = siblings.map((sibling) => sibling.measurements(accept))
      const all = await Promise.all([own, ...theirs])
      return mergeMetrics(all.filter((one): one is Exposition => one !== undefined))
    },
  })
  for (const sibling of siblings) {
    ops.waiting(sibling.name, 'is starting')
    ops.addCheck(sibling.name, () => readiness(sibling, siblings))
    const life = new Life(sibling, stalledMsMax)
    ops.addLiveCheck(sibling.name, () => life.fault)
    life.watch((missing) => ops.waiting(sibling.name, missing))
  }
  return ops
}

/** One that is being started again takes no clients, so it keeps none from the others. */
const readiness = async (
  ...[sibling, siblings]: [Sibling, readonly Sibling[]]
): Promise<string | undefined> => {
  if (sibling.isOpen) return sibling.fault('/readyz')
  return siblings.some(({ isOpen }) => isOpen) ? undefined : 'it is being started again'
}

/** Whether one process comes round, by asking it again and again. */
class Life {
  readonly #sibling: Sibling
  readonly #stalledMsMax: number
  #answeredAt = performance.now()
  #said: string | undefined

  constructor(sibling: Sibling, stalledMsMax: number) {
    this.#sibling = sibling
    this.#stalledMsMax = stalledMsMax
  }

  /** What it says itself, or that it has said nothing for too long. */
  get fault(): string | undefined {
    const silentMs = performance.now() - this.#answeredAt
    if (silentMs <= this.#stalledMsMax) return this.#said
    return `it has not answered for ${(silentMs / 1_000).toFixed(1)} s`
  }

  /** Asks from now on; `starting` is told what keeps one from taking clients, and when nothing does. */
  watch(starting: (missing: string | undefined) => void): void {
    const ask = async (): Promise<void> => {
      const isOpen = this.#sibling.isOpen
      starting(isOpen ? undefined : await this.#sibling.fault('/readyz'))
      if (isOpen) await this.#askLife()
      else this.#answered(undefined)
      setTimeout(() => void ask(), ASK_EVERY_MS).unref()
    }
    void ask()
  }

  async #askLife(): Promise<void> {
    const fault = await this.#sibling.fault('/livez')
    if (fault !== SILENT) this.#answered(fault)
  }

  #answered(fault: string | undefined): void {
    this.#said = fault
    this.#answeredAt = performance.now()
  }
}
