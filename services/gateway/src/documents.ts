import type { Router } from '@koa/router'
import type { FailureSpec } from '@meshboard/contracts'
import type { GatewayConfig } from './config.ts'
import { contractRoutes } from './contract-routes.ts'
import { failureCatalogue } from './failure-catalogue.ts'
import { openApi } from './openapi.ts'
import type { RequestContext, RequestState } from './request.ts'

/** Where the door says of itself what it can: `/openapi.json`, `/failures`, and `/` to find them. */
export const addDocuments = (router: Router<RequestState>, config: GatewayConfig): void => {
  const document = JSON.stringify(openApi())
  const failures = { failures: Object.entries(failureCatalogue).map(toEntry) }
  const serve = (path: string, write: (ctx: RequestContext) => void) =>
    router.get(path, (ctx) => {
      ctx.state.route = path
      ctx.state.span.updateName(`GET ${path}`).setAttribute('http.route', path)
      ctx.set('cache-control', `public, max-age=${config.publicCacheSeconds}`)
      write(ctx)
    })

  serve('/', (ctx) => void (ctx.body = page('Meshboard', START)))
  serve('/openapi.json', (ctx) => {
    ctx.body = document
    ctx.type = 'application/json'
  })
  serve('/failures', (ctx) => {
    ctx.vary('accept')
    ctx.body = ctx.accepts('json', 'html') === 'html' ? page('Failures', FAILURES) : failures
  })
}

const toEntry = ([code, { status, retry, message }]: [string, FailureSpec]) => ({
  code,
  status,
  retry,
  message,
})

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${body}</html>\n`

const ROUTES = contractRoutes()
  .map(({ procedure }) => `<li><code>${procedure.http}</code>: ${escaped(procedure.summary)}</li>`)
  .join('')

const START = `<p>The REST door of a mesh. Described in <a href="/openapi.json">/openapi.json</a>; what
can be refused is in <a href="/failures">/failures</a>; tokens are signed with
<a href="/.well-known/jwks.json">these keys</a>. Live changes come through the edge, at
<code>/ws/v1</code> of its own address.</p><ul>${ROUTES}</ul>`

const FAILURES = `<dl>${Object.entries(failureCatalogue)
  .map(
    ([code, { status, retry, message }]) =>
      `<dt id="${code}"><code>${code}</code></dt><dd>${status}, retry: ${retry}. ${escaped(message)}</dd>`,
  )
  .join('')}</dl>`
