import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { type Answer, jsonAnswer, pageAnswer, redirect, refusal } from './answer.ts'
import { listJson, traceJson } from './api.ts'
import type { TracePageConfig } from './config.ts'
import { detailPage, missingPage } from './detail-page.ts'
import { filterOf, findTraces } from './filter.ts'
import { listPage } from './list-page.ts'
import { takeSpans } from './take-spans.ts'
import type { TraceStore } from './trace-store.ts'

/** What the page serves from. */
export interface Served {
  readonly store: TraceStore
  readonly limits: Omit<TracePageConfig, 'port'>
}

const TRACE_ID = /^[0-9a-f]{32}$/

/** Answers a request, which is for this machine. */
export const answer = async (served: Served, request: IncomingMessage): Promise<Answer> => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const { store, limits } = served
  if (pathname === '/v1/traces') {
    if (request.method !== 'POST') return refusal(405, 'Spans are sent with POST.')
    return takeSpans(request, { store, bodyBytesMax: limits.bodyBytesMax })
  }
  if (request.method !== 'GET') return refusal(405, 'There is nothing here but to GET.')
  const asset = ASSETS[pathname]
  if (asset) return assetAnswer(asset)
  const [, page, id] = /^\/(trace|api\/traces)\/([^/]+)$/.exec(pathname) ?? []
  if (id !== undefined) return traceAnswer(served, page, id.toLowerCase())
  if (pathname === '/') return listAnswer(served, searchParams)
  if (pathname !== '/api/traces') return refusal(404, 'There is nothing at this address.')
  return jsonAnswer(listJson(store, filterOf(searchParams), limits.tracesMax))
}

const traceAnswer = (...[served, page, id]: [Served, string | undefined, string]): Answer => {
  const trace = served.store.get(id)
  if (page === 'trace') {
    if (!trace) return pageAnswer(missingPage(id, served.limits.tracesMax), 404)
    return pageAnswer(detailPage(served.store, trace))
  }
  if (!trace) return refusal(404, 'This trace is not here: not recorded, not yet, or not any more.')
  return jsonAnswer(traceJson(trace))
}

const listAnswer = ({ store, limits }: Served, query: URLSearchParams): Answer => {
  const filter = filterOf(query)
  if (TRACE_ID.test(filter.traceId)) return redirect(`/trace/${filter.traceId}`)
  return pageAnswer(listPage({ store, limits, filter, found: findTraces(store, filter) }))
}

interface Asset {
  readonly file: string
  readonly type: string
}

const ASSETS: Readonly<Record<string, Asset>> = {
  '/page.css': { file: 'page.css', type: 'text/css; charset=utf-8' },
  '/page.js': { file: 'page.mjs', type: 'text/javascript; charset=utf-8' },
  '/icon.svg': { file: 'icon.svg', type: 'image/svg+xml' },
}

const assetAnswer = ({ file, type }: Asset): Answer => ({
  status: 200,
  headers: { 'content-type': type, 'cache-control': 'no-cache' },
  body: readFileSync(new URL(`../assets/${file}`, import.meta.url), 'utf8'),
})
