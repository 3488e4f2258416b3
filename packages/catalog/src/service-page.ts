import type { Catalog, ServiceEntry } from './entries.ts'
import { channelView, eventView, procedureView, signalView } from './declared-views.ts'
import { historyView } from './history-view.ts'
import { type Html, type Part, html } from './html.ts'
import { type Links, badge, facts, inLine, linksOf, prose } from './marks.ts'
import { neighboursGraph } from './neighbours-graph.ts'

/** What the page of a service has in it. */
export const serviceBody = (service: ServiceEntry, catalog: Catalog): Html => {
  const link = linksOf(catalog)
  return html`
    <h1>${service.name} ${service.is_door && badge('door')}</h1>
    <p class="lead">${prose(service.summary)}</p>
    ${facts([
      ['owner', service.owner],
      ...(service.version === undefined ? [] : [['contract', service.version] as const]),
    ])}
    ${contentsOf(service)} ${neighboursGraph(service, catalog)}
    ${section(
      'procedures',
      service.procedures.map((one) => procedureView(one, link)),
    )}
    ${section(
      'events',
      service.events.map((one) => eventView(one, link)),
    )}
    ${section(
      'channels',
      service.channels.map((one) => channelView(one, link)),
    )}
    ${section('signals', service.signals.map(signalView))} ${relianceView(service, link)}
    <section aria-labelledby="all-history">
      <h2 id="all-history">History</h2>
      ${historyView(catalog.releases, service.name)}
    </section>
  `
}

const contentsOf = (service: ServiceEntry): Html => html`
  <ul class="contents">
    ${(['procedures', 'events', 'channels', 'signals'] as const).map(
      (kind) =>
        service[kind].length > 0 &&
        html`<li>
          <a href="#all-${kind}">${kind} <b>${service[kind].length}</b></a>
        </li>`,
    )}
    <li><a href="#all-relied">relies on</a></li>
    <li><a href="#all-history">history</a></li>
  </ul>
`

const section = (kind: string, articles: readonly Html[]): Part =>
  articles.length > 0 &&
  html`<section aria-labelledby="all-${kind}">
    <h2 id="all-${kind}">${kind[0]?.toUpperCase()}${kind.slice(1)}</h2>
    ${articles}
  </section>`

const relianceView = ({ calls, consumes, relays }: ServiceEntry, link: Links): Html => html`
  <section aria-labelledby="all-relied">
    <h2 id="all-relied">Relies on</h2>
    ${facts([
      ['calls', inLine(calls.map(link), 'nobody')],
      [
        'consumes',
        inLine(
          consumes.map(({ event, consumer }) => html`${link(event)} <small>${consumer}</small>`),
          'nothing',
        ),
      ],
      ...(relays.length === 0 ? [] : [['shows to clients', inLine(relays.map(link), '')] as const]),
    ])}
  </section>
`
