import { type Html, html } from './html.ts'
import { badge, colourOf, page } from './shell.ts'
import { spanDetails } from './span-details.ts'
import type { Trace, TraceStore } from './trace-store.ts'
import { failureOf, hasFailed, summaryOf } from './trace-summary.ts'
import { type Row, type Waterfall, waterfallOf } from './waterfall.ts'
import { count, duration, moment, timeOfDay } from './words.ts'

/** Deeper spans are not moved further to the right. */
const GUIDES_MAX = 24
const TICKS = [0, 0.25, 0.5, 0.75]

/** The page with one trace from its first span to its last. */
export const detailPage = (store: TraceStore, trace: Trace): Html => {
  const summary = summaryOf(trace)
  const name = summary ? `${summary.name} ${summary.about}`.trim() : trace.id
  return page({
    title: `${name} · Traces`,
    before: html`<header>
      <h1><a href="/">← Traces</a></h1>
    </header>`,
    live: html`${head(store, trace)}${waterfall(store, waterfallOf(trace))}`,
  })
}

/** The page of a trace that is not here. */
export const missingPage = (id: string, tracesMax: number): Html =>
  page({
    title: 'No such trace · Traces',
    before: html`<header>
      <h1><a href="/">← Traces</a></h1>
    </header>`,
    live: html`<div class="empty">
      <h2>No such trace here</h2>
      <p><code>${id}</code></p>
      <p>
        Spans come within two seconds of their end, and then this page shows them. It may also have
        been one of which nothing is recorded (<code>OTEL_TRACES_SAMPLER_ARG</code>), or be older
        than the last ${tracesMax}.
      </p>
    </div>`,
  })

const head = (store: TraceStore, trace: Trace): Html => {
  const summary = summaryOf(trace)
  if (!summary) return html``
  const { name, about, startMicros, durationMicros, spans, services, failures } = summary
  return html`<h2>${name} ${about !== '' && html`<span class="about">${about}</span>`}</h2>
    <dl class="facts">
      <div>
        <dt>Trace id</dt>
        <dd><code>${trace.id}</code></dd>
      </div>
      <div>
        <dt>Began</dt>
        <dd><time datetime="${moment(startMicros)}">${timeOfDay(startMicros)}</time></dd>
      </div>
      <div>
        <dt>Duration</dt>
        <dd>${duration(durationMicros)}</dd>
      </div>
      <div>
        <dt>Spans</dt>
        <dd>${spans}${failures > 0 && html` <span class="failure">${failures} failed</span>`}</dd>
      </div>
      <div>
        <dt>Services</dt>
        <dd class="services">${services.map((one) => badge(store.services, one))}</dd>
      </div>
    </dl>
    ${trace.dropped > 0 && html`<p class="note">${count(trace.dropped, 'span')} more came than are kept of one trace.</p>`}
    ${linkedFrom(store, trace)}`
}

/** The traces whose spans name this one. */
const linkedFrom = (store: TraceStore, { id }: Trace): Html | false => {
  const others = store
    .all()
    .filter(
      (other) =>
        other.id !== id &&
        other.spans.some(({ links }) => links.some((link) => link.traceId === id)),
    )
  if (others.length === 0) return false
  return html`<p class="note">
    Linked from
    ${others.map((other) => html`<a href="/trace/${other.id}">${summaryOf(other)?.name}</a> `)}
  </p>`
}

const waterfall = (store: TraceStore, { rows, durationMicros }: Waterfall): Html =>
  html`<div class="axis" aria-hidden="true">
      <span></span>
      <span class="ticks"
        >${TICKS.map((part) => html`<span>${part === 0 ? '0' : duration(part * durationMicros)}</span>`)}</span
      >
      <span></span>
    </div>
    <ol class="waterfall">
      ${rows.map((row) => line(store, row, durationMicros))}
    </ol>`

const line = (...[store, row, totalMicros]: [TraceStore, Row, number]): Html => {
  const { span, depth, isOrphan } = row
  const guides = Array.from(
    { length: Math.min(depth, GUIDES_MAX) },
    () => html`<i class="guide"></i>`,
  )
  return html`<li id="s${span.spanId}">
    <details id="d${span.spanId}">
      <summary>
        <span class="name"
          ><span class="unseen">level ${depth + 1}, </span>${guides}
          ${isOrphan && html`<i class="orphan" title="its parent has not come">⋯</i>`}
          <i class="dot ${colourOf(store.services, span.service)}"></i>
          <span class="of">${span.service}</span>
          <b>${span.name}</b>
          ${hasFailed(span) && html`<span class="failure">${failureOf(span)}</span>`}
        </span>
        ${bar(store, row, totalMicros)}
        <span class="number">${duration(span.durationMicros)}</span>
      </summary>
      ${spanDetails(row)}
    </details>
  </li>`
}

/** So narrow, in percent, is the bar of a span that takes no time at all. */
const BAR_MIN = 0.2

const bar = (...[store, { span, offsetMicros }, totalMicros]: [TraceStore, Row, number]): Html => {
  const percent = (micros: number) => (100 * micros) / Math.max(1, totalMicros)
  const x = Math.min(100 - BAR_MIN, percent(offsetMicros)).toFixed(3)
  const width = Math.max(BAR_MIN, percent(span.durationMicros)).toFixed(3)
  const colour = colourOf(store.services, span.service)
  return html`<svg class="bar" aria-hidden="true">
    <rect
      class="${colour} ${hasFailed(span) && 'failed'}"
      x="${x}%"
      width="${width}%"
      y="28%"
      height="44%"
      rx="2"
    ></rect>
  </svg>`
}
