import { Counter, type Registry } from '@prometheus-io/client'

/** What the verification of tokens counts. */
export interface TokenMetrics {
  /** A token was checked; the verdict is `ok` or a failure code. */
  judged(verdict: string): void
  /** A verdict was still known. */
  remembered(): void
}

/** Registers the measurements of token verification. */
export const createTokenMetrics = (registry: Registry): TokenMetrics => {
  const registers = [registry]
  const verdicts = new Counter({
    name: 'mesh_token_verdicts_total',
    help: 'Access tokens checked, by verdict.',
    labelNames: ['verdict'],
    registers,
  })
  const remembered = new Counter({
    name: 'mesh_token_verdicts_remembered_total',
    help: 'Access tokens whose verdict was still known.',
    registers,
  })
  return {
    judged: (verdict) => verdicts.inc({ verdict }),
    remembered: () => remembered.inc(),
  }
}
