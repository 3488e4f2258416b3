import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Answer, refusal } from './answer.ts'
import type { TracePageConfig } from './config.ts'
import { type Served, answer } from './routes.ts'
import { TraceStore } from './trace-store.ts'

/** The page, as it runs. */
export interface RunningPage {
  /** For browsers, and for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string
  stop(): Promise<void>
}

/** Opens the page on the loopback. Fails when its port is taken. */
export const startTracePage = async ({
  port,
  ...limits
}: TracePageConfig): Promise<RunningPage> => {
  const served = { store: new TraceStore(limits), limits }
  const server = createServer((request, response) => {
    void respond(served, request).then((given) => send(response, given))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A page of somebody else's that has its name resolve to this machine is not answered. */
const respond = async (served: Served, request: IncomingMessage): Promise<Answer> => {
  if (!LOOPBACK.test(request.headers.host ?? '')) return refusal(421, 'This page is for localhost.')
  try {
    const tag = `"${served.store.version}"`
    const given = await answer(served, request)
    if (request.method !== 'GET') return given
    if (request.headers['if-none-match'] === tag)
      return { status: 304, headers: { etag: tag }, body: '' }
    return { ...given, headers: { etag: tag, ...given.headers } }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    return refusal(500, 'The page could not answer.')
  }
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i

const send = (response: ServerResponse, { status, headers, body }: Answer): void => {
  response.writeHead(status, { ...SECURITY, ...headers }).end(body)
}

const SECURITY = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}
