import { setTimeout as sleep } from 'node:timers/promises'
import { failure } from '@meshboard/contracts'
import { countedAddress } from '@meshboard/kit'
import type { Connection } from './connection.ts'
import { announcedLimits } from './announced-limits.ts'
import { Challenge, type Credentials, type Login, isRefusal, signIn } from './login.ts'

const RENEWAL_AGAIN_MS = 5_000
const RETRY_LOGIN_MS = 1_000

/** Who is signed in on a connection: the greeting, the login, its renewal and its end. */
export class SignedIn {
  readonly #connection: Connection
  /** To be signed by whoever has not shown a token. */
  #challenge: Challenge | undefined
  #login: Login | undefined
  /** The one thing this waits for: the first frame, the time to warn, or the end of the login. */
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  constructor(connection: Connection) {
    this.#connection = connection
  }

  get sessionId(): string | undefined {
    return this.#login?.sessionId
  }

  get userId(): string | undefined {
    return this.#login?.userId
  }

  /** The login. Fails `unauthorized` while there is none. */
  get required(): Login {
    if (!this.#login) throw failure('unauthorized')
    return this.#login
  }

  /** Greets the client; a login made before the upgrade counts from the start. */
  greet(before: Login | undefined): void {
    const { config } = this.#connection.runtime
    if (!before) this.#challenge = new Challenge()
    this.#connection.send({
      type: 'welcome',
      session_id: before?.sessionId ?? this.#connection.id,
      node: this.#connection.deps.node,
      auth_required: before === undefined,
      ...(this.#challenge && { challenge: this.#challenge.value }),
      now: new Date(this.#challenge?.issuedAt ?? Date.now()).toISOString(),
      ping_interval_ms: config.pingIntervalMs,
      limits: announcedLimits(config),
      reconnect_window_ms: config.reconnectWindowMs,
      contract: this.#connection.deps.contract,
    })
    if (before) return void this.#enter(before)
    this.#wait(config.firstFrameMs, () => {
      void this.#count()
      this.#connection.close('auth_timeout')
    })
  }

  /** Signs in, or renews. Ends when it is decided; a failure closes, but for a renewal that may be tried again. */
  async attempt(credentials: Credentials): Promise<void> {
    const { runtime, peer, deps } = this.#connection
    const [renews, challenge] = [this.#login, this.#challenge]
    // Who is late with the signature is still signed in, and is asked once more.
    const isLate = challenge?.isStale(runtime.config.challengeMs)
    if (renews && credentials.kind === 'challenge' && isLate) return this.#warn()
    if (!renews) clearTimeout(this.#timer)
    const judged = deps.metrics.loginDuration.startTimer({ kind: credentials.kind })
    try {
      const login = await signIn(runtime, {
        credentials,
        peer,
        challenge,
        renews,
        tickets: deps.tickets,
        verifications: deps.verifications,
      }).finally(judged)
      deps.metrics.logins.inc({ outcome: 'ok' })
      await (renews ? this.#succeed(login) : this.#enter(login))
    } catch (error) {
      deps.metrics.logins.inc({ outcome: isRefusal(error) ? 'refused' : 'failed' })
      await this.#fail(error, credentials.kind)
    }
  }

  /** What lets this client in again elsewhere; nothing where its door has no use for it. */
  get ticket(): { ticket: string; ticket_expires_at: string } | undefined {
    const { door, deps } = this.#connection
    if (!this.#login || !door.isManaged) return undefined
    const { ticket, expiresAt } = deps.tickets.issue(this.#login, this.#connection.id)
    return { ticket, ticket_expires_at: new Date(expiresAt).toISOString() }
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#timer)
    if (this.#login) this.#leave(this.#login)
  }

  /** Lets a login in, if its user has a place left. */
  async #enter(login: Login): Promise<void> {
    const { deps, id } = this.#connection
    const { userId, replaces } = login
    const entered = await deps.places.enter({ userId, socketId: id, replaces })
    if (!entered) return this.#connection.close('too_many_of_user')
    if (this.#isOver) return this.#leave(login)
    deps.admission.recognize()
    this.#succeed(login)
  }

  #leave({ userId }: Login): void {
    void this.#connection.deps.places.leave(userId, this.#connection.id)
  }

  /** One more attempt of this address that came to nothing. */
  async #count(): Promise<void> {
    const { deps, peer } = this.#connection
    await deps.attempts.take(countedAddress(peer.address ?? ''))
  }

  #succeed(login: Login): void {
    const { runtime, door, peer, id } = this.#connection
    if (this.#isOver) return
    const isFirst = this.#login === undefined
    this.#login = login
    this.#challenge = undefined
    const { userId, sessionId } = login
    const { address } = peer
    const line = { id, user_id: userId, session_id: sessionId, door: door.path, address }
    runtime.log.info(line, isFirst ? 'signed in' : 'login renewed')
    this.#connection.send({
      type: 'auth_success',
      user_id: userId,
      session_id: sessionId,
      expires_at: new Date(login.expiresAt).toISOString(),
      ...this.ticket,
    })
    if (isFirst) this.#connection.subscriptions.keep(door.watches(login.roles))
    if (door.isManaged) return this.#waitToWarn(login)
    this.#wait(runtime.config.plainLifeMs, () => this.#connection.close('auth_expired'))
  }

  async #fail(error: unknown, kind: Credentials['kind']): Promise<void> {
    const { runtime, id, peer } = this.#connection
    const refused = isRefusal(error)
    runtime.log.info({ id, address: peer.address, user_id: this.userId, refused }, 'login failed')
    this.#connection.refuse(error)
    if (refused) {
      // Nobody guesses a ticket, and edges that got another secret would lock out whole networks.
      if (kind !== 'ticket') await this.#count()
      await sleep(runtime.config.refusalDelayMs, undefined, { ref: false })
      return this.#connection.close('auth_failed')
    }
    if (!this.#login)
      return this.#connection.close('overload', `, come back in ${RETRY_LOGIN_MS} ms`)
    const { expiresAt } = this.#login
    const leftMs = expiresAt + runtime.config.authGraceMs - Date.now()
    if (leftMs > RENEWAL_AGAIN_MS) this.#wait(RENEWAL_AGAIN_MS, () => this.#warn())
  }

  #waitToWarn({ expiresAt }: Login): void {
    const { authWarningMs } = this.#connection.runtime.config
    this.#wait(expiresAt - authWarningMs - Date.now(), () => this.#warn())
  }

  /** Asks for a renewal, with something fresh to sign. */
  #warn(): void {
    const login = this.#login
    if (!login) return
    this.#challenge = new Challenge()
    const { value, issuedAt } = this.#challenge
    const signable = login.byKey && { challenge: value, now: new Date(issuedAt).toISOString() }
    this.#connection.send({
      type: 'warning',
      code: 'auth_expiring',
      details: { expires_at: new Date(login.expiresAt).toISOString(), ...signable },
    })
    const endAt = login.expiresAt + this.#connection.runtime.config.authGraceMs
    this.#wait(endAt - Date.now(), () => this.#connection.close('auth_expired'))
  }

  #wait(ms: number, then: () => void): void {
    clearTimeout(this.#timer)
    if (!this.#isOver)
      this.#timer = setTimeout(then, Math.min(Math.max(inStep(ms), 0), 2 ** 31 - 1))
  }
}

const STEP_MS = 1_000
const IN_STEP_FROM_MS = 10_000

/** Long waits end on a full second: those of equal length share their place in the event loop. */
const inStep = (ms: number): number =>
  ms < IN_STEP_FROM_MS ? ms : Math.ceil(ms / STEP_MS) * STEP_MS
