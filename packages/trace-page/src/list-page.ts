import type { TracePageConfig } from './config.ts'
import type { Filter } from './filter.ts'
import { filterForm } from './filter-form.ts'
import { type Html, html } from './html.ts'
import { badge, colourOf, page } from './shell.ts'
import type { TraceStore } from './trace-store.ts'
import type { Summary } from './trace-summary.ts'
import { count, duration, moment, timeOfDay } from './words.ts'

interface View {
  readonly store: TraceStore
  readonly limits: Pick<TracePageConfig, 'tracesMax'>
  readonly filter: Filter
  readonly found: readonly Summary[]
}

/** The page with all traces that pass the filter. */
export const listPage = (view: View): Html =>
  page({ title: 'Traces · Meshboard', before: head(view), live: list(view) })

const head = ({ store, filter }: View): Html =>
  html`<header>
    <h1><a href="/">Traces</a></h1>
    ${filterForm([...store.services.keys()].toSorted(), filter)}
  </header>`

const list = (view: View): Html => {
  const { store, limits, found } = view
  const { traces } = store.size
  if (traces === 0) return nothingYet
  const shown = found.length === traces ? '' : `${found.length} of `
  const longest = found.reduce((most, { durationMicros }) => Math.max(most, durationMicros), 1)
  return html`<p class="note">
      ${shown}${count(traces, 'trace')}; the last ${limits.tracesMax} are kept
    </p>
    <table>
      <thead>
        <tr>
          <th scope="col">Began</th>
          <th scope="col">Trace</th>
          <th scope="col">Services</th>
          <th scope="col" class="number">Spans</th>
          <th scope="col" class="number">Duration</th>
          <th scope="col" class="bars"><span class="unseen">Duration as a bar</span></th>
        </tr>
      </thead>
      <tbody>
        ${found.map((summary) => line(view, summary, longest))}
      </tbody>
    </table>`
}

const line = (...[{ store }, summary, longest]: [View, Summary, number]): Html => {
  const { id, service, name, about, startMicros, spans, services, failures, failure } = summary
  const width = Math.max(0.5, (100 * summary.durationMicros) / longest).toFixed(2)
  return html`<tr>
    <td class="time"><time datetime="${moment(startMicros)}">${timeOfDay(startMicros)}</time></td>
    <td>
      <a class="trace" href="/trace/${id}" id="t${id}">${name}</a>
      ${about !== '' && html`<span class="about">${about}</span>`}
      ${failures > 0 && html`<span class="failure">${failure}</span>`}
    </td>
    <td class="services">${services.map((one) => badge(store.services, one))}</td>
    <td class="number">${spans}</td>
    <td class="number">${duration(summary.durationMicros)}</td>
    <td class="bars">
      <svg class="bar" aria-hidden="true">
        <rect
          class="${colourOf(store.services, service)}"
          width="${width}%"
          height="100%"
          rx="2"
        ></rect>
      </svg>
    </td>
  </tr>`
}

const nothingYet = html`<p class="empty">
  No trace has come yet. Do something with the mesh, and it stands here within two seconds.
</p>`
