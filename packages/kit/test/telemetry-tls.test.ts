// Goal: spans go over HTTPS to who can be believed, and to nobody else, which is told once.
// Method: a receiver over TLS with a certificate of a throwaway authority, and the exporter as a service has it.
import { defaultResource } from '@opentelemetry/resources'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { Authority, type OtlpReceiver, startOtlpReceiver, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sentenceOf } from '../src/index.ts'
import { recordingTo } from '../src/telemetry-export.ts'

let [ours, theirs]: Authority[] = []
let receiver: OtlpReceiver
beforeAll(async () => {
  ours = await Authority.create()
  theirs = await Authority.create('Somebody else')
  receiver = await startOtlpReceiver(await ours.issue())
})
afterAll(async () => {
  await receiver.stop()
  await ours?.remove()
  await theirs?.remove()
})

const tracing = (caFile = '') => {
  const faults: string[] = []
  const settings = {
    otlpEndpoint: receiver.url,
    otlpCaFile: caFile,
    traceShare: 1,
    traceFailuresPerSecondMax: 1,
    onFault: (error: Error) => void faults.push(sentenceOf(error)),
  }
  const provider = new TracerProvider(recordingTo(settings, defaultResource()).options)
  const record = async (name: string) => {
    provider.getTracer('test').startSpan(name).end()
    await provider.forceFlush().catch(() => undefined)
  }
  return { faults, record, stop: () => provider.shutdown() }
}

test('spans arrive over HTTPS where the receiver is vouched for', async () => {
  const { faults, record, stop } = tracing(ours?.caFile)
  await record('believed')
  await until(() => receiver.spans.some(({ name }) => name === 'believed'))
  await stop()
  expect(faults).toEqual([])
})

test('a receiver that somebody else vouches for gets nothing, and that is told once', async () => {
  const { faults, record, stop } = tracing(theirs?.caFile)
  await record('kept back')
  await record('kept back again')
  await stop()
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(/none of the certificates that are trusted here/)
  expect(receiver.spans.filter(({ name }) => name.startsWith('kept back'))).toEqual([])
}, 30_000)
