import { AccessToken, Failure, auth, failure } from '@meshboard/contracts'
import type { Registry } from '@prometheus-io/client'
import { type CryptoKey, importJWK } from 'jose'
import { type Caller, keyId, toCaller, verified } from './access-token.ts'
import { withActiveCall } from './active-call.ts'
import { BoundedQueue } from './bounded-queue.ts'
import type { RpcClient } from './rpc-client.ts'
import { type TokenMetrics, createTokenMetrics } from './token-metrics.ts'

const VERDICTS_MAX = 10_000
const REFRESH_MS = 30_000
const RETRY_MS = 250
/** Keys are asked for again after that long; one that auth has withdrawn is known for at most twice as long. */
const STALE_MS = 5 * 60_000
/** Signatures checked at a time, and how many more may wait: a flood of tokens leaves threads to others. */
const VERIFICATIONS = { placesMax: 4, waitingMax: 256 }
const OVERLOADED_RETRY_MS = 100

interface Turn {
  readonly priority: 'normal'
  readonly begin: () => void
}

/**
 * Checks access tokens against auth's public keys. A verdict is kept until the token ends; an
 * unknown key id asks auth again, at most every 30 s, or four times a second while auth is away. A
 * session that was ended before its time proves nobody any more.
 */
export class TokenVerifier {
  readonly #rpc: RpcClient
  readonly #counts: TokenMetrics
  #keys = new Map<string, CryptoKey | Uint8Array>()
  readonly #verdicts = new Map<string, Caller>()
  readonly #verifying = new Map<string, Promise<Caller>>()
  readonly #turns = new BoundedQueue<Turn>(VERIFICATIONS, ({ begin }) => begin())
  #refreshAfter = 0
  #isAuthAway = false
  #staleAfter = Number.POSITIVE_INFINITY
  #refreshing: Promise<void> | undefined

  readonly #isRevoked: (sessionId: string) => boolean

  constructor(parts: {
    rpc: RpcClient
    registry: Registry
    isRevoked: (sessionId: string) => boolean
  }) {
    this.#rpc = parts.rpc
    this.#counts = createTokenMetrics(parts.registry)
    this.#isRevoked = parts.isRevoked
  }

  /**
   * Asks for the keys before the first token comes, so that a herd of first ones does not wait for
   * them. While auth is away that is left to the first token.
   */
  async warm(): Promise<void> {
    try {
      await this.#refresh()
    } catch {
      this.#refreshAfter = 0
    }
  }

  /**
   * The caller a token proves. Fails `unauthorized`, `session_expired` when it has ended,
   * `unavailable` when its key is not known and auth is away, or `overloaded` when too many tokens
   * wait to be checked.
   */
  async verify(token: string): Promise<Caller> {
    const known = this.#verdicts.get(token)
    if (known) return this.#stillGood(known)
    const caller = await (this.#verifying.get(token) ?? this.#verifyOnce(token))
    return this.#notRevoked(caller)
  }

  #notRevoked(caller: Caller): Caller {
    if (!this.#isRevoked(caller.sessionId)) return caller
    this.#verdicts.delete(caller.token)
    throw failure('session_expired')
  }

  async #verifyOnce(token: string): Promise<Caller> {
    const verifying = this.#judge(token)
    this.#verifying.set(token, verifying)
    try {
      const caller = await verifying
      this.#counts.judged('ok')
      return caller
    } catch (error) {
      this.#counts.judged(error instanceof Failure ? error.code : 'internal')
      throw error
    } finally {
      this.#verifying.delete(token)
    }
  }

  async #judge(token: string): Promise<Caller> {
    if (!AccessToken.safeParse(token).success) throw failure('unauthorized')
    const key = await this.#keyOf(token)
    const payload = await this.#inTurn(() => verified(token, key))
    const caller = toCaller(token, payload)
    this.#remember(token, caller)
    return caller
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    if (this.#turns.offer({ priority: 'normal', begin }))
      throw failure('overloaded', { retryAfterMs: OVERLOADED_RETRY_MS })
    await begun
    try {
      return await work()
    } finally {
      this.#turns.leave()
    }
  }

  #stillGood(caller: Caller): Caller {
    if (caller.expiresAt > Date.now()) {
      this.#counts.remembered()
      return this.#notRevoked(caller)
    }
    this.#verdicts.delete(caller.token)
    throw failure('session_expired')
  }

  #remember(token: string, caller: Caller): void {
    const oldest = this.#verdicts.keys().next()
    if (this.#verdicts.size >= VERDICTS_MAX && !oldest.done) this.#verdicts.delete(oldest.value)
    this.#verdicts.set(token, caller)
  }

  async #keyOf(token: string): Promise<CryptoKey | Uint8Array> {
    const kid = keyId(token)
    const mayAsk = this.#refreshing !== undefined || Date.now() >= this.#refreshAfter
    if (!this.#keys.has(kid) && mayAsk) await this.#refresh()
    else if (Date.now() >= this.#staleAfter && mayAsk) await this.#refreshStale()
    const key = this.#keys.get(kid)
    if (key) return key
    throw this.#isAuthAway
      ? failure('unavailable', { retryAfterMs: RETRY_MS })
      : failure('unauthorized')
  }

  /** Behind the caller's back while the keys are only just stale; whoever knew them long waits. */
  async #refreshStale(): Promise<void> {
    const refreshed = this.#refresh().catch(() => undefined)
    if (Date.now() >= this.#staleAfter + STALE_MS) await refreshed
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#load().finally(() => (this.#refreshing = undefined))
    return this.#refreshing
  }

  async #load(): Promise<void> {
    this.#refreshAfter = Date.now() + RETRY_MS
    this.#isAuthAway = true
    // Several calls wait for it, so it does not end with the one that began it.
    const { keys } = await withActiveCall(undefined, () => this.#rpc.call(auth.procedures.jwks, {}))
    const known = new Map<string, CryptoKey | Uint8Array>()
    for (const key of keys) known.set(key.kid, await importJWK(key, key.alg))
    this.#keys = known
    this.#isAuthAway = false
    this.#refreshAfter = Date.now() + REFRESH_MS
    this.#staleAfter = Date.now() + STALE_MS
  }
}
