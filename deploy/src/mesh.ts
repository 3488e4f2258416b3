import * as auth from '@meshboard/auth'
import type { Migrations } from '@meshboard/db'
import * as earnings from '@meshboard/earnings'
import * as edge from '@meshboard/edge'
import * as gateway from '@meshboard/gateway'
import type { Service } from '@meshboard/kit'
import * as network from '@meshboard/network'
import * as notification from '@meshboard/notification'
import * as referral from '@meshboard/referral'
import * as user from '@meshboard/user'

/** Every service and door of the mesh. */
export const services: readonly Service[] = [
  auth.service,
  user.service,
  network.service,
  earnings.service,
  referral.service,
  notification.service,
  edge.service,
  gateway.service,
]

/** The migrations of every service that has a schema, by its name. */
export const schemas: Readonly<Record<string, Migrations>> = {
  auth: auth.migrations,
  user: user.migrations,
  network: network.migrations,
  earnings: earnings.migrations,
  referral: referral.migrations,
  notification: notification.migrations,
}

/** Queries of one row each that say whether what must add up does, by name; to compare a copy with. */
export const figures: Readonly<Record<string, string>> = { ledger: earnings.LEDGER_FIGURES }

/** Of the figures, those that must be 0. */
export const zeroFigures: readonly string[] = ['entries_sum', 'balances_sum', 'astray', 'broken']
