import type { Catalog, Entry, ServiceEntry } from './entries.ts'
import { historyView } from './history-view.ts'
import { type Html, html } from './html.ts'
import { type Links, badge, linksOf } from './marks.ts'
import { meshGraph } from './mesh-graph.ts'
import { type Relation, relationsOf } from './relations.ts'

/** What the first page has in it. */
export const overviewBody = (catalog: Catalog): Html => {
  const link = linksOf(catalog)
  return html`
    <h1>The mesh</h1>
    <p class="lead">${countsOf(catalog)}</p>
    ${meshGraph(catalog)} ${servicesTable(catalog.services, link)}
    ${channelsTable(catalog.services, link)} ${relationsTable(relationsOf(catalog), link)}
    ${deprecations(catalog.services, link)}
    <section aria-labelledby="all-history">
      <h2 id="all-history">History</h2>
      ${historyView(catalog.releases)}
    </section>
  `
}

const countsOf = ({ services }: Catalog): string => {
  const count = (kind: 'procedures' | 'events' | 'channels' | 'signals') => {
    const all = services.reduce((sum, one) => sum + one[kind].length, 0)
    return all === 1 ? `1 ${kind.slice(0, -1)}` : `${all} ${kind}`
  }
  const owners = new Set(services.map(({ owner }) => owner)).size
  return `${services.length} services and doors of ${owners} teams: ${count('procedures')}, ${count('events')}, ${count('channels')}, ${count('signals')}.`
}

const servicesTable = (services: readonly ServiceEntry[], link: Links): Html => html`
  <section aria-labelledby="all-services">
    <h2 id="all-services">Services</h2>
    <div class="wide">
      <table>
        <thead>
          <tr>
            ${[
              'service',
              'owner',
              'contract',
              'what it is for',
              'procedures',
              'events',
              'channels',
            ].map((word) => html`<th scope="col">${word}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${services.map(
            (one) =>
              html`<tr>
                <th scope="row">${link(one.name)}</th>
                <td>${one.owner}</td>
                <td>${one.version ?? badge('door')}</td>
                <td>${one.summary}</td>
                <td class="number">${one.procedures.length}</td>
                <td class="number">${one.events.length}</td>
                <td class="number">${one.channels.length}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>
`

const channelsTable = (services: readonly ServiceEntry[], link: Links): Html => html`
  <section aria-labelledby="all-channels">
    <h2 id="all-channels">What clients can watch</h2>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th scope="col">channel</th>
            <th scope="col">of</th>
            <th scope="col">class</th>
            <th scope="col">what they get</th>
          </tr>
        </thead>
        <tbody>
          ${services.flatMap(({ name, channels }) =>
            channels.map(
              (one) =>
                html`<tr>
                  <th scope="row">${link(`channel ${one.name}`)}</th>
                  <td>${link(name)}</td>
                  <td>${one.class}</td>
                  <td>${one.summary}</td>
                </tr>`,
            ),
          )}
        </tbody>
      </table>
    </div>
  </section>
`

/** The picture in words. */
const relationsTable = (relations: readonly Relation[], link: Links): Html => html`
  <section aria-labelledby="all-relations">
    <h2 id="all-relations">Who relies on whom</h2>
    <details>
      <summary>All ${relations.length} arrows of the picture, and what it leaves out</summary>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">from</th>
              <th scope="col">how</th>
              <th scope="col">to</th>
              <th scope="col">what</th>
            </tr>
          </thead>
          <tbody>
            ${relations.map(
              ({ from, to, kind, names }) =>
                html`<tr>
                  <td>${link(from)}</td>
                  <td><span class="key ${kind}">${kind}</span></td>
                  <td>${link(to)}</td>
                  <td>${names.join(', ')}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>
  </section>
`

const deprecations = (services: readonly ServiceEntry[], link: Links): Html => {
  const all = services.flatMap(({ procedures, events, channels, signals }): Entry[] => [
    ...procedures,
    ...events,
    ...channels,
    ...signals,
  ])
  const found = all.filter(({ deprecated }) => deprecated !== undefined)
  return html`<section aria-labelledby="all-deprecations">
    <h2 id="all-deprecations">Deprecations</h2>
    ${found.length === 0 && html`<p class="none">Nothing is on its way out.</p>`}
    <ul>
      ${found.map(
        ({ name, path, deprecated }) =>
          html`<li>
            <a href="${path}"><code>${name}</code></a> since
            ${deprecated?.since}${
              deprecated?.until && `, gone from ${deprecated.until} on at the earliest`
            }${deprecated?.use && html`; use ${link(deprecated.use)}`}
          </li>`,
      )}
    </ul>
  </section>`
}
