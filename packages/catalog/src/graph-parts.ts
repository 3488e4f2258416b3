import { type Html, type Part, html } from './html.ts'

const tip = (kind: string): Html =>
  html`<marker
    id="tip-${kind}"
    viewBox="0 0 8 8"
    refX="7"
    refY="4"
    markerWidth="7"
    markerHeight="7"
    orient="auto"
    ><path class="tip ${kind}" d="M0 0 8 4 0 8z"
  /></marker>`

/** What a picture's arrows end with: `url(#tip-calls)`, `url(#tip-events)`. */
export const arrowTips = (): Html => html`<defs>${['calls', 'events'].map(tip)}</defs>`

/** What the lines of a picture mean. */
export const graphKey = (more?: Part): Html => html`
  <figcaption>
    <span class="key calls">calls</span> <span class="key events">events</span> ${more}
  </figcaption>
`
