import assets from './assets.json' with { type: 'json' }
import { asyncApiOf } from './asyncapi.ts'
import { backstageOf } from './backstage.ts'
import type { Catalog, Entry } from './entries.ts'
import type { Html } from './html.ts'
import { overviewBody } from './overview-page.ts'
import { pageOf } from './page.ts'
import { serviceBody } from './service-page.ts'

/** Something to be served as it is, the same to everybody. */
export interface Page {
  readonly path: string
  /** Its media type. */
  readonly type: string
  readonly body: string
}

/**
 * Everything that shows a catalog: a page for the mesh and one for each service, what they load
 * from beside them, and the documents for programs. They need `style-src`, `script-src`, `img-src`
 * and `connect-src` of their own origin, and nothing else.
 */
export const pagesOf = (catalog: Catalog): Page[] => {
  const { services } = catalog
  const page = (path: string, title: string, body: Html): Page => ({
    path,
    type: 'text/html; charset=utf-8',
    body: pageOf({ title, path, services, body }),
  })
  return [
    page('/catalog', 'The mesh', overviewBody(catalog)),
    ...services.map((one) => page(one.path, one.name, serviceBody(one, catalog))),
    ...Object.entries(assets).map(([name, body]) => ({
      path: `/catalog/${name}`,
      type: typeOf(name),
      body,
    })),
    json('/catalog/search.json', searchable(catalog)),
    json('/catalog.json', catalog),
    json('/asyncapi.json', asyncApiOf(catalog)),
    { path: '/catalog-info.yaml', type: 'application/yaml', body: backstageOf(catalog) },
  ]
}

const json = (path: string, value: unknown): Page => ({
  path,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
})

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

const typeOf = (name: string): string => TYPES[name.split('.').at(-1) ?? ''] ?? 'text/plain'

/** What the search box looks through. */
const searchable = ({ services }: Catalog) =>
  services.flatMap((service) => {
    const found = (kind: string, entries: readonly Entry[]) =>
      entries.map(({ name, summary, path }) => ({ kind, name, summary, path }))
    const { name, summary, path } = service
    return [
      { kind: service.is_door ? 'door' : 'service', name, summary, path },
      ...found('procedure', service.procedures),
      ...found('event', service.events),
      ...found('channel', service.channels),
      ...found('signal', service.signals),
    ]
  })
