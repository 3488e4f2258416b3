import { type IncomingHttpHeaders, request } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** An answer as it came over the wire: still compressed. */
export interface RawAnswer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface RawRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Asks without what `fetch` adds or undoes. */
export const rawRequest = (
  url: string,
  { method = 'GET', headers = {}, body }: RawRequest = {},
): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const sending = request(url, { method, headers, agent: false }, (response) => {
      buffer(response).then(
        (received) =>
          resolve({ status: response.statusCode, headers: response.headers, body: received }),
        reject,
      )
    })
    sending.on('error', reject)
    sending.end(body)
  })
