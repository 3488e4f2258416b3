import type { Filter } from './filter.ts'
import { type Html, html } from './html.ts'

/** The form that says which traces are looked for, as they are looked for now. */
export const filterForm = (services: readonly string[], filter: Filter): Html =>
  html`<form method="get" action="/" role="search" aria-label="Filter">
    ${choice('Service', { name: 'service', value: filter.service, of: services })}
    ${field('Name or value', { name: 'text', value: filter.text, hint: 'earnings.credited' })}
    ${field('At least ms', { name: 'min_ms', value: filter.durationMsMin || '', hint: '0' })}
    ${field('Trace id', { name: 'trace_id', value: filter.traceId, hint: '32 hex digits' })}
    ${tick('failed only', { name: 'failed', is: filter.isFailed })}
    ${tick('requests only', { name: 'requests', is: filter.isRequest })}
    <button>Filter</button>
  </form>`

interface Field {
  readonly name: string
  readonly value: string | number
  readonly hint: string
}

const field = (label: string, { name, value, hint }: Field): Html =>
  html`<label
    >${label}
    <input
      name="${name}"
      value="${value}"
      placeholder="${hint}"
      spellcheck="false"
      autocomplete="off"
  /></label>`

interface Choice {
  readonly name: string
  readonly value: string
  readonly of: readonly string[]
}

const choice = (label: string, { name, value, of }: Choice): Html =>
  html`<label
    >${label}
    <select name="${name}">
      <option value="">any</option>
      ${of.map((one) => html`<option ${one === value && selected}>${one}</option>`)}
    </select></label
  >`

const selected = html`selected`

const tick = (label: string, { name, is }: { name: string; is: boolean }): Html =>
  html`<label class="check"
    ><input type="checkbox" name="${name}" value="1" ${is && checked} /> ${label}</label
  >`

const checked = html`checked`
