import { localName, serviceOf } from '@meshboard/contracts'
import type { ChannelEntry, EventEntry, ProcedureEntry, SignalEntry } from './entries.ts'
import { type Html, type Part, html } from './html.ts'
import { type Links, badge, facts, headingOf, inLine } from './marks.ts'
import { shapeView } from './shape-view.ts'

const ACCESS = {
  public: 'anybody',
  user: 'a signed-in user',
  analyst: 'an analyst',
  admin: 'an admin',
  service: 'services that declare it',
} as const

/** A procedure on the page of its service. */
export const procedureView = (one: ProcedureEntry, link: Links): Html => html`
  <article>
    ${headingOf(one, localName(one.name), [
      badge(one.access, `access-${one.access}`),
      one.idempotent && badge('idempotent'),
      one.priority !== 'normal' && badge(one.priority),
    ])}
    ${facts([
      ['who may', ACCESS[one.access]],
      [
        'REST',
        one.http
          ? html`<a href="/docs${referencePlace(one.name, one.http)}"><code>${one.http}</code></a>`
          : none('no route'),
      ],
      ['WebSocket', one.socket ? html`<code>call ${one.name}</code>` : none('not over a socket')],
      ['subject', html`<code>${one.subject}</code>`],
      ['deadline', `${one.timeout_ms} ms, unless the caller has one of its own`],
      ['called by', inLine(one.called_by.map(link), 'nobody in this mesh')],
      ...firstValueOf(one, link),
      ['refusals', inLine(one.failures.map(refusal), 'only those of every call')],
    ])}
    ${shapeView('Input', one.input)} ${shapeView('Output', one.output)}
  </article>
`

/** Where the API reference shows a route. */
const referencePlace = (name: string, http: string): string =>
  `#tag/${serviceOf(name)}/${http.replace(' ', '')}`

const none = (words: string): Html => html`<span class="none">${words}</span>`

const firstValueOf = ({ snapshot_of: channels }: ProcedureEntry, link: Links) =>
  channels.length === 0
    ? []
    : [
        [
          'first value of',
          inLine(
            channels.map((name) => link(`channel ${name}`)),
            '',
          ),
        ] as const,
      ]

const refusal = ({ code, status }: { code: string; status: number }): Html =>
  html`<a href="/failures#${code}"><code>${code}</code></a> <small>${status}</small>`

/** An event on the page of its service. */
export const eventView = (one: EventEntry, link: Links): Html => html`
  <article>
    ${headingOf(one, localName(one.name), [badge(`topic ${one.topic}`)])}
    ${facts([
      ['subject', html`<code>${one.subject}</code>`],
      ['in order by', html`<code>${one.key}</code>`],
      ['kept', `${one.keep_days} days in ${one.stream}`],
      ['filters', inLine(one.filters.map(coded), 'none')],
      ...stateKeyOf(one),
      [
        'consumed by',
        inLine(
          one.consumed_by.map((by) => html`${link(by.service)} <small>${by.consumer}</small>`),
          'no service',
        ),
      ],
      ['shown on', inLine(doorsOf(one, link), 'no channel')],
    ])}
    ${shapeView('Data', one.data)}
  </article>
`

const coded = (text: string): Html => html`<code>${text}</code>`

const stateKeyOf = ({ state_key: key }: EventEntry) =>
  key === undefined
    ? []
    : [['newest stands for', html`all with the same <code>${key}</code>`] as const]

const doorsOf = ({ channels, update, event_type: type }: EventEntry, link: Links): Part[] => [
  ...channels.map((name) => html`channel ${link(`channel ${name}`)}`),
  ...(update === undefined ? [] : [html`the plain doors as <code>${update}</code>`]),
  ...(type === undefined ? [] : [html`<code>/ws/events</code> as <code>${type}</code>`]),
]

const AUDIENCE = {
  self: 'each user, what is their own',
  all: 'everybody, the same',
  any: 'roles that may see what is of others',
} as const

/** A channel on the page of its service. */
export const channelView = (one: ChannelEntry, link: Links): Html => html`
  <article>
    ${headingOf(one, one.name, [badge(`class ${one.class}`), one.audience === 'self' && badge('own')])}
    ${facts([
      ['who may', AUDIENCE[one.audience]],
      ['shows', inLine(one.shows.map(link), 'nothing')],
      ['first value', one.snapshot ? link(one.snapshot) : none('none')],
      ['watch it', html`<code>client.channel('${one.name}').watch()</code>`],
    ])}
  </article>
`

/** A signal on the page of its service. */
export const signalView = (one: SignalEntry): Html => html`
  <article>
    ${headingOf(one, localName(one.name), [badge('at most once')])}
    ${facts([
      ['subject', html`<code>${one.subject}</code>`],
      ['filters', inLine(one.filters.map(coded), 'none')],
    ])}
    ${shapeView('Data', one.data)}
  </article>
`
