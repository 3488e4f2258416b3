import { readFileSync } from 'node:fs'
import { type IncomingMessage, type RequestListener, createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Running } from '@meshboard/kit'
import type { IssuedFiles } from './authority.ts'
import { type ReceivedSpan, type SpanNode, spansOf, toTree } from './otlp-spans.ts'

/** Takes spans as a collector would: OTLP over HTTP, in JSON. */
export interface OtlpReceiver extends Running {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string
  /** Everything that has arrived, in the order of arrival. */
  readonly spans: readonly ReceivedSpan[]
  /** What has arrived of one trace: the spans without a parent here, each with what hangs below it. */
  tree(traceId: string): SpanNode[]
}

/** Starts a receiver on a free port of the loopback; with `tls` over that, as `localhost`. */
export const startOtlpReceiver = async (tls?: IssuedFiles): Promise<OtlpReceiver> => {
  const spans: ReceivedSpan[] = []
  const server = serverFor(tls, (request, response) => {
    readJson(request).then(
      (body) => {
        spans.push(...spansOf(body))
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      },
      () => response.writeHead(400).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    spans,
    tree: (traceId) => toTree(spans.filter((span) => span.traceId === traceId)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const serverFor = (tls: IssuedFiles | undefined, listener: RequestListener) =>
  tls
    ? createTlsServer(
        { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) },
        listener,
      )
    : createServer(listener)

const readJson = async (request: IncomingMessage): Promise<Parameters<typeof spansOf>[0]> => {
  if (request.method !== 'POST' || request.url !== '/v1/traces') throw new Error('not for us')
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
  return JSON.parse(text) as Parameters<typeof spansOf>[0]
}
