import type { Router } from '@koa/router'
import { catalogOf, meshRecord, pagesOf } from '@meshboard/catalog'
import { type FailureSpec, allContracts } from '@meshboard/contracts'
import { apiReference } from './api-reference.ts'
import type { GatewayConfig } from './config.ts'
import { contractRoutes } from './contract-routes.ts'
import { failureCatalogue } from './failure-catalogue.ts'
import { openApi } from './openapi.ts'
import { pagePolicy, referencePolicy } from './page-policy.ts'
import type { RequestContext, RequestMiddleware, RequestState } from './request.ts'
import { type StaticFile, staticFile } from './static-file.ts'

/**
 * Where the door says of itself and of the mesh what they can: `/openapi.json` with `/docs`,
 * `/failures`, `/catalog` and what belongs to it, and `/` to find them.
 */
export const addDocuments = (router: Router<RequestState>, config: GatewayConfig): void => {
  const seconds = config.publicCacheSeconds
  const serve = (path: string, ...steps: RequestMiddleware[]) =>
    router.get(path, named(path, seconds), ...steps)
  const addFiles = (files: readonly StaticFile[], policy: RequestMiddleware) =>
    files.forEach((file) => serve(file.path, policy, staticFile(file)))

  const document = JSON.stringify(openApi())
  serve('/', pagePolicy, (ctx) => void (ctx.body = page('Meshboard', START)))
  serve('/openapi.json', (ctx) => {
    ctx.body = document
    ctx.type = 'application/json'
  })
  serve('/failures', pagePolicy, writeFailures)
  addFiles(apiReference(), referencePolicy)
  if (config.catalog === 'shown') addFiles(catalogFiles(), pagePolicy)
}

const catalogFiles = (): StaticFile[] =>
  pagesOf(catalogOf({ contracts: allContracts, record: meshRecord }))

const named =
  (path: string, cacheSeconds: number): RequestMiddleware =>
  (ctx, next) => {
    ctx.state.route = path
    ctx.state.span.updateName(`GET ${path}`).setAttribute('http.route', path)
    ctx.set('cache-control', `public, max-age=${cacheSeconds}`)
    return next()
  }

const writeFailures = (ctx: RequestContext): void => {
  ctx.vary('accept')
  ctx.body = ctx.accepts('json', 'html') === 'html' ? page('Failures', FAILURES) : failureList
}

const failureList = {
  failures: Object.entries(failureCatalogue).map(
    ([code, { status, retry, message }]: [string, FailureSpec]) => ({
      code,
      status,
      retry,
      message,
    }),
  ),
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><link rel="icon" href="/catalog/mark.svg"><link rel="stylesheet" href="/catalog/catalog.css"><main><h1>${title}</h1>${body}</main></html>\n`

const ROUTES = contractRoutes()
  .map(({ procedure }) => `<li><code>${procedure.http}</code>: ${escaped(procedure.summary)}</li>`)
  .join('')

const START = `<p>The REST door of a mesh. <a href="/docs">/docs</a> is its reference, to read and to try,
made from <a href="/openapi.json">/openapi.json</a>; what can be refused is in
<a href="/failures">/failures</a>; tokens are signed with <a href="/.well-known/jwks.json">these keys</a>.
<a href="/catalog">/catalog</a> shows who says what to whom in the whole mesh. Live changes come
through the edge, at <code>/ws/v1</code> of its own address.</p><ul>${ROUTES}</ul>`

const FAILURES = `<dl>${Object.entries(failureCatalogue)
  .map(
    ([code, { status, retry, message }]) =>
      `<dt id="${code}"><code>${code}</code></dt><dd>${status}, retry: ${retry}. ${escaped(message)}</dd>`,
  )
  .join('')}</dl>`
