import { type Html, html } from './html.ts'
import type { Attributes, Value } from './span.ts'
import type { Row } from './waterfall.ts'
import { duration } from './words.ts'

/** What stands below a span that is opened. */
export const spanDetails = ({ span, offsetMicros }: Row): Html =>
  html`<div class="details">
    <dl>
      ${pair('span id', span.spanId)} ${pair('kind', span.kind)}
      ${pair('begins after', duration(offsetMicros))}
      ${pair('takes', duration(span.durationMicros))}
      ${span.message !== '' && pair('status', span.message)} ${pairs(span.attributes)}
    </dl>
    ${span.events.map(
      ({ name, atMicros, attributes }) =>
        html`<section>
          <h3>
            ${name} <small>after ${duration(Math.max(0, atMicros - span.startMicros))}</small>
          </h3>
          <dl>${pairs(attributes)}</dl>
        </section>`,
    )}
    ${span.links.map(
      ({ traceId, spanId, attributes }) =>
        html`<section>
          <h3>link to <a href="/trace/${traceId}#s${spanId}">${traceId}</a></h3>
          <dl>${pairs(attributes)}</dl>
        </section>`,
    )}
  </div>`

const pairs = (attributes: Attributes): Html[] =>
  Object.entries(attributes)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => pair(name, shown(value)))

const pair = (name: string, value: string): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`

const shown = (value: Value): string => (typeof value === 'string' ? value : JSON.stringify(value))
