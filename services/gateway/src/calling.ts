import { IdempotencyKey, failure } from '@meshboard/contracts'
import { type CallOptions, type RpcClient, compileValidation } from '@meshboard/kit'
import type { RouterContext } from '@koa/router'
import { bodyReader } from './body.ts'
import type { GatewayConfig } from './config.ts'
import { type ContractRoute, filledIn, isEmpty } from './contract-routes.ts'
import { inputOf, queryFields } from './input.ts'
import type { RequestContext, RequestMiddleware, RequestState } from './request.ts'

/** The last step of a route: request to input, call, output to answer. */
export const calling = (rpc: RpcClient, config: GatewayConfig) => {
  const readBody = bodyReader(config.bodyBytesMax)
  return (route: ContractRoute): RequestMiddleware => {
    const { procedure, hasBody } = route
    const validate = compileValidation(procedure.input)
    const answer = answering(route, config)
    return async (ctx) => {
      const rest = hasBody ? await readBody(ctx) : queryFields(ctx.querystring, route.input)
      const path = (ctx as RouterContext<RequestState>).params
      const input = validate(inputOf(route, { path, rest }))
      const output = await rpc.call(procedure, input, optionsOf(ctx, config))
      answer(ctx, output as Record<string, unknown>)
    }
  }
}

const optionsOf = (ctx: RequestContext, { callMsMax }: GatewayConfig): CallOptions => {
  const { caller, signal } = ctx.state
  const idempotencyKey = idempotencyKeyOf(ctx)
  return {
    deadline: Date.now() + callMsMax,
    signal,
    ...(caller && { token: caller.token }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  }
}

const idempotencyKeyOf = (ctx: RequestContext): string | undefined => {
  const given = ctx.get('idempotency-key')
  if (given === '') return undefined
  if (IdempotencyKey.safeParse(given).success) return given
  throw failure('invalid', {
    fields: { 'Idempotency-Key': ['Use 8 to 64 letters, digits, "-" or "_".'] },
  })
}

/** Gives the output its status: 201 with where it is, 204 where a deletion says nothing, else 200. */
const answering = ({ procedure, method, output: schema }: ContractRoute, config: GatewayConfig) => {
  const { location, access } = procedure
  const isSilent = method === 'DELETE' && isEmpty(schema)
  const isSame = method === 'GET' && access === 'public'
  return (ctx: RequestContext, output: Record<string, unknown>): void => {
    if (isSilent) return void (ctx.status = 204)
    if (location !== undefined) ctx.set('location', filledIn(location, output))
    if (isSame) ctx.set('cache-control', `public, max-age=${config.publicCacheSeconds}`)
    ctx.status = location === undefined ? 200 : 201
    ctx.type = 'json'
    // Written out here, since each look at the length of an object would do it again.
    ctx.body = JSON.stringify(output)
  }
}
