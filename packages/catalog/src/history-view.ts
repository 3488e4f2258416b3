import type { Release } from './record.ts'
import { type Html, type Part, html } from './html.ts'

/** What each release changed, the newest first; with `only`, what is about that service. */
export const historyView = (releases: readonly Release[], only?: string): Part => {
  const isMeant = (line: string) =>
    only === undefined || line.startsWith(`${only}.`) || line.startsWith(`${only}:`)
  const shown = releases
    .map((one) => ({
      ...one,
      additions: one.additions.filter(isMeant),
      breaks: one.breaks.filter(isMeant),
    }))
    .filter(({ additions, breaks }) => additions.length + breaks.length > 0)
  if (shown.length === 0)
    return html`<p class="none">Nothing has changed since the first release.</p>`
  return html`<ol class="history">
    ${shown.map(releaseView)}
  </ol>`
}

const releaseView = ({ version, date, additions, breaks, why }: Release): Html =>
  html`<li>
    <h3>
      ${version ?? 'Not released yet'} ${date && html`<time datetime="${date}">${date}</time>`}
    </h3>
    ${breaks.length > 0 && why && html`<p>${why}</p>`}
    <ul>
      ${breaks.map((line) => html`<li class="broke"><b>breaks</b> ${line}</li>`)}
      ${additions.map((line) => html`<li>${line}</li>`)}
    </ul>
  </li>`
