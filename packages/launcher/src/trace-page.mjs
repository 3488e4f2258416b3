import { join } from 'node:path'

import { meshNode, sourceArgs } from './node-runtime.mjs'
import { freePort, nextFreePort, portSetting, reservePort } from './ports.mjs'
import { answersOk } from './probe.mjs'
import { environmentFor } from './service-spec.mjs'

const standardPort = 4318

/**
 * The port of the trace page, free; undefined where traces go elsewhere (OTEL_EXPORTER_OTLP_ENDPOINT)
 * or nowhere (MESH_TRACES=off). Unless TRACES_PORT names it, it never stands in the way of a start.
 */
export async function reserveTracesPort({ env }) {
  if (env.OTEL_EXPORTER_OTLP_ENDPOINT || env.MESH_TRACES === 'off') return undefined
  const options = { what: 'the trace page', mend: 'Set TRACES_PORT.', host: '127.0.0.1' }
  if (env.TRACES_PORT) return reservePort(portSetting(env, 'TRACES_PORT', standardPort), options)
  return portSetting(env, 'GATEWAY_PORT', 8080) === 0 ? freePort() : nextFreePort(standardPort)
}

/** Starts the trace page if it has a port; answers where services send their spans. */
export async function openTracePage({ workspace, group, ports }) {
  if (!ports.traces) return undefined
  await group.start('server', tracePageSpec(workspace, ports.traces))
  return `http://127.0.0.1:${ports.traces}`
}

function tracePageSpec(workspace, port) {
  return {
    name: 'traces',
    command: meshNode(workspace),
    args: [...sourceArgs, 'src/main.ts'],
    cwd: join(workspace.root, 'packages/trace-page'),
    env: { ...environmentFor(workspace, 'TRACES_'), TRACES_PORT: `${port}` },
    logFile: join(workspace.log, 'traces.log'),
    ready: () => answersOk(`http://127.0.0.1:${port}/api/traces`),
    startMs: 30_000,
    deathsMax: 3,
  }
}

/**
 * Where a person looks at traces, as a link or in words: our page, the Jaeger of JAEGER_URL, or
 * whatever takes them. Undefined where they go nowhere.
 */
export function tracesRow({ env }, port) {
  if (port) return `http://localhost:${port}`
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT
  if (!endpoint) return undefined
  return env.JAEGER_URL || `sent to ${endpoint}; with JAEGER_URL this is a link`
}
