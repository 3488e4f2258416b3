import { relative } from 'node:path'

import { adminEnv } from './setup.mjs'

/**
 * What other programs may know of a running mesh: `{ urls, ports, env }`, `env` with an operator's
 * credentials.
 */
export function meshFacts(mesh, ports) {
  const { gateway, edge } = ports.doors
  const http = gateway && `http://localhost:${gateway}`
  const ws = edge && `ws://localhost:${edge}`
  return {
    urls: {
      ...(http && {
        dashboard: http,
        gateway: http,
        catalog: `${http}/catalog`,
        docs: `${http}/docs`,
        openapi: `${http}/openapi.json`,
      }),
      ...(ws && { edge: `${ws}/ws/v1` }),
      ...(mesh.traces && { traces: mesh.traces }),
    },
    ports: { ...mesh.ports, ...ports.doors, ops: ports.ops },
    servers: mesh.urls,
    env: { ...adminEnv(mesh), ...(ws && { MESH_SERVER: ws }), ...(http && { MESH_GATEWAY: http }) },
  }
}

/** Prints where everything is and what to try next. */
export function printMesh({ workspace, report }, { urls, ports }) {
  const ops = Object.entries(ports.ops).map(([name, port]) => `${name} :${port}`)
  const { dashboard, catalog, docs, openapi, edge, traces } = urls
  const shown = { dashboard, catalog, docs, openapi, edge, traces }
  const rows = [
    ...Object.entries(shown).filter(([, url]) => url),
    ['ops', `${ops.join(' · ')}  (/readyz, /metrics)`],
    ['logs', relative(process.cwd(), workspace.log) || '.'],
  ]
  report.line()
  for (const [name, text] of rows) report.line(`${name.padEnd(11)}${text}`)
  report.line()
  report.line(`ready: ${report.times()}`)
  report.line('try: npm run agent -- --register me')
  report.line(`     curl -s ${openapi}`)
  report.line('Ctrl-C or `npm run down` stops it; its data is kept until `npm run reset`')
}
