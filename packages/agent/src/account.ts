import { setTimeout as sleep } from 'node:timers/promises'
import { Failure, register, signIn } from '@meshboard/client'
import { failure } from '@meshboard/contracts'
import { type DeviceKey, linkKey, openKey } from './key-file.ts'
import { type AgentOptions, keyPath } from './options.ts'
import type { Report } from './report.ts'

const RETRY_MS = { first: 500, most: 5_000 } as const

/** What opening an account needs besides the options. */
export interface Bystanders {
  report: Report
  /** Ends the waiting for a gateway that is not there. */
  signal: AbortSignal
}

/** The device's key; with `--register` it is made and registered where that is still to be done. */
export const openAccount = async (
  options: AgentOptions,
  bystanders: Bystanders,
): Promise<DeviceKey> => {
  const { register: username, key: path = keyPath(username), gateway: gatewayUrl } = options
  const device = await openKey(path, { make: username !== undefined })
  if (username === undefined) return device
  const { key, created } = device
  const { referral: referralCode } = options
  const account = { gatewayUrl, username, key, ...(referralCode !== undefined && { referralCode }) }
  const user_id = await untilAnswered(() => registerOnce(account), bystanders)
  bystanders.report({ event: 'registered', user_id, username, public_key: key.publicKey, created })
  if (options.key === undefined) await linkKey(keyPath(), path)
  return device
}

/** An access token of the key's user. */
export const fetchToken = async (
  options: AgentOptions,
  bystanders: Bystanders,
): Promise<string> => {
  const { key } = await openAccount(options, bystanders)
  const gatewayUrl = options.gateway
  return (await untilAnswered(() => signIn({ gatewayUrl, key }), bystanders)).access_token
}

/** Registers the key, or finds it registered; the user's id. */
const registerOnce = async (account: Parameters<typeof register>[0]): Promise<string> => {
  try {
    return (await register(account)).user_id
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'conflict') throw error
  }
  try {
    return (await signIn(account)).user_id
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'unknown_key') throw error
    const message = `The handle "${account.username}" belongs to another key; choose another one.`
    throw failure('conflict', { message })
  }
}

/** Asks until the gateway is there; every try that failed is told. */
const untilAnswered = async <T>(
  ask: () => Promise<T>,
  { report, signal }: Bystanders,
): Promise<T> => {
  for (let delayMs: number = RETRY_MS.first; ; delayMs = Math.min(delayMs * 2, RETRY_MS.most)) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Failure) || !['now', 'later'].includes(error.retry)) throw error
      const waitMs = error.retryAfterMs ?? delayMs
      report({ event: 'reconnecting', message: error.message, retry_in_ms: waitMs })
      await sleep(waitMs, undefined, { signal })
    }
  }
}
