import { Router } from '@koa/router'
import { Failure, auth, failure } from '@meshboard/contracts'
import { type RateLimiter, type Runtime, countedAddress } from '@meshboard/kit'
import { AttemptGate } from './attempt-gate.ts'
import { authenticate } from './authenticate.ts'
import { calling } from './calling.ts'
import { uncompressed } from './compression.ts'
import type { GatewayConfig } from './config.ts'
import { type ContractRoute, contractRoutes, routerPath } from './contract-routes.ts'
import { deprecation } from './deprecation.ts'
import { addDocuments } from './documents.ts'
import type { RequestMiddleware, RequestState } from './request.ts'

/** What the door's handlers use. */
export interface Door {
  readonly runtime: Runtime<GatewayConfig>
  readonly attempts: RateLimiter
}

/** A route for each procedure that declares one, and the documents about them. */
export const createRouter = (door: Door): Router<RequestState> => {
  const router = new Router<RequestState>({ sensitive: true, strict: true })
  const steps = stepsFor(door)
  for (const route of contractRoutes())
    router.register(routerPath(route.template), [route.method], steps(route))
  addDocuments(router, door.runtime.config)
  return router
}

const stepsFor = (door: Door) => {
  const { rpc, config, metrics, verify } = door.runtime
  const limited = inFlightLimit(config.callsInFlightMax)
  const counted = unsuccessfulAttempts(new AttemptGate(door.attempts, config.attemptsWaitingMax))
  const proven = authenticate(verify)
  const call = calling(rpc, config)
  return (route: ContractRoute): RequestMiddleware[] => [
    named(route, metrics),
    ...outgoing(route),
    ...(holdsSecrets(route) ? [uncompressed] : []),
    limited,
    ...(isAttempt(route) ? [counted] : []),
    ...(route.procedure.access === 'public' ? [] : [proven]),
    call(route),
  ]
}

const outgoing = ({ procedure: { name, deprecated } }: ContractRoute): RequestMiddleware[] =>
  deprecated === undefined ? [] : [deprecation(name, deprecated)]

/** Whether tokens are among what it answers. */
const holdsSecrets = ({ service }: ContractRoute): boolean => service === auth.name

/** Whether anybody may have this effect, so that somebody may try and try again. */
const isAttempt = ({ procedure, method }: ContractRoute): boolean =>
  procedure.access === 'public' && method !== 'GET'

/** Tells trace, log and metrics which route it is. */
const named =
  (route: ContractRoute, metrics: Runtime['metrics']): RequestMiddleware =>
  async (ctx, next) => {
    const { method, template, procedure } = route
    ctx.state.route = template
    ctx.state.span.updateName(`${method} ${template}`).setAttribute('http.route', template)
    const done = metrics.answerStarted(procedure.name)
    try {
      await next()
      done('ok')
    } catch (error) {
      done(error instanceof Failure ? error.code : 'internal')
      throw error
    }
  }

const RETRY_AFTER_MS = 1_000

const inFlightLimit = (max: number): RequestMiddleware => {
  let inFlight = 0
  return async (_ctx, next) => {
    if (inFlight >= max) throw failure('overloaded', { retryAfterMs: RETRY_AFTER_MS })
    inFlight += 1
    try {
      await next()
    } finally {
      inFlight -= 1
    }
  }
}

const unsuccessfulAttempts =
  (gate: AttemptGate): RequestMiddleware =>
  (ctx, next) =>
    gate.run(countedAddress(ctx.ip), next)
