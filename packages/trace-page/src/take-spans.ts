import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Answer, jsonAnswer, refusal } from './answer.ts'
import { spansIn } from './otlp.ts'
import type { TraceStore } from './trace-store.ts'

const inflate = promisify(gunzip)

interface Taking {
  readonly store: TraceStore
  readonly bodyBytesMax: number
}

/** Takes a delivery of spans: OTLP over HTTP in JSON, plain or with gzip. */
export const takeSpans = async (
  request: IncomingMessage,
  { store, bodyBytesMax }: Taking,
): Promise<Answer> => {
  const type = request.headers['content-type']?.split(';')[0]?.trim()
  if (type !== 'application/json') return refusal(415, ONLY_JSON)
  const body = await readBody(request, bodyBytesMax)
  if (!body)
    return refusal(413, `A delivery is at most ${bodyBytesMax} bytes. Send fewer spans at a time.`)
  const delivered = parsed(body)
  if (!delivered) return refusal(400, 'This is no JSON.')
  const { spans, rejected } = delivered
  store.add(spans, body.length)
  if (rejected === 0) return jsonAnswer({})
  const errorMessage = 'Some spans have no ids, or times that are none.'
  return jsonAnswer({ partialSuccess: { rejectedSpans: rejected, errorMessage } })
}

const ONLY_JSON =
  'Send spans as JSON: content-type application/json, which exporters call the protocol http/json.'

/** Nothing when it is too large, or not the gzip that it says it is. */
const readBody = async (request: IncomingMessage, max: number): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= max) chunks.push(chunk)
  }
  if (bytes > max) return undefined
  const body = Buffer.concat(chunks)
  if (request.headers['content-encoding'] !== 'gzip') return body
  return inflate(body, { maxOutputLength: max }).catch(() => undefined)
}

const parsed = (body: Buffer) => {
  try {
    return spansIn(JSON.parse(body.toString()))
  } catch {
    return undefined
  }
}
