import { type ConfigOf, defineConfig, integer } from '@meshboard/kit/config'

/** What the trace page can be told. It listens on the loopback, whatever it is told. */
export const config = defineConfig({
  port: integer({
    env: 'TRACES_PORT',
    meaning: 'Port of the page, and of OTLP over HTTP; 0: any free one.',
    default: 4_318,
    min: 0,
    max: 65_535,
  }),
  tracesMax: integer({
    env: 'TRACES_MAX',
    meaning:
      'Traces that are kept; the next takes the place of the one that was quiet the longest.',
    default: 500,
    min: 1,
    max: 100_000,
  }),
  bytesMax: integer({
    env: 'TRACES_BYTES_MAX',
    meaning:
      'Size of all that is kept, bytes as they came; beyond, the traces that were quiet the longest go.',
    default: 33_554_432,
    min: 1_024,
    max: 1_073_741_824,
  }),
  spansMax: integer({
    env: 'TRACES_SPANS_MAX',
    meaning: 'Spans of one trace that are kept; those that come later are only counted.',
    default: 5_000,
    min: 1,
    max: 100_000,
  }),
  bodyBytesMax: integer({
    env: 'TRACES_BODY_BYTES_MAX',
    meaning: 'Size of one delivery of spans, bytes; a larger one is refused with 413.',
    default: 4_194_304,
    min: 1_024,
    max: 67_108_864,
  }),
})

/** The configuration as it was read. */
export type TracePageConfig = ConfigOf<typeof config>
