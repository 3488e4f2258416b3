import { createHash } from 'node:crypto'
import type { DataOf, OutputOf, earnings, network } from '@meshboard/contracts'
import { issuingAccountOf } from './issuing-account.ts'
import { toTenths, uptimeMicros } from './rates.ts'
import type { Inputs, RuleName } from './rules.ts'

/** Where points come from. */
export type Source = OutputOf<typeof earnings.procedures.explain>['entry']['source']

/** One account's part of a posting. */
export interface Leg {
  readonly accountId: string
  /** Debit +, credit −: a user's account grows, an issuing account falls. Never 0. */
  readonly micros: bigint
  readonly inputs: Inputs
  readonly connectionId?: string
}

/** A transaction that is to be: its legs sum to 0. */
export interface Posting {
  readonly source: Source
  /** With the source, names the cause for ever: it is posted once. */
  readonly sourceId: string
  readonly rule: RuleName
  readonly legs: readonly Leg[]
}

/** What an accrual of time online posts; undefined when it earns nothing. */
export const uptimePosting = (
  accrued: DataOf<typeof network.events.uptimeAccrued>,
): Posting | undefined => {
  const { user_id: userId, connection_id: connectionId, online_ms: onlineMs } = accrued
  const scoreTenths = toTenths(accrued.network_score)
  const micros = uptimeMicros({ onlineMs, scoreTenths })
  if (micros === 0n) return undefined
  const inputs = { online_ms: String(onlineMs), score: (scoreTenths / 10).toFixed(1) }
  return {
    source: 'network',
    sourceId: `${connectionId}#${accrued.accrual}`,
    rule: 'network-rates@1',
    legs: [
      { accountId: issuingAccountOf(userId), micros: -micros, inputs, connectionId },
      { accountId: userId, micros, inputs, connectionId },
    ],
  }
}

/**
 * Tells whether two postings of one source id are the same one: SHA-256 in hex over all they say,
 * but for the issuing account's shard.
 */
export const fingerprintOf = ({ source, sourceId, rule, legs }: Posting): string => {
  const said = legs.map(({ accountId, micros, inputs, connectionId = '' }) => [
    accountId.split('/')[0],
    micros.toString(),
    Object.entries(inputs).toSorted(([one], [other]) => (one < other ? -1 : 1)),
    connectionId,
  ])
  return createHash('sha256')
    .update(JSON.stringify([source, sourceId, rule, said]))
    .digest('hex')
}
