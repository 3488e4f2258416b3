import type { Catalog, Entry } from './entries.ts'
import { type Html, type Part, html } from './html.ts'

/** A short word in a frame of its own; `kind` gives it a colour. */
export const badge = (text: string, kind = 'plain'): Html =>
  html`<span class="badge ${kind}">${text}</span>`

/** Finds things by their full names, to link to them. */
export type Links = (name: string) => Html

/** Links to whatever is in the catalog; what is not stays text. */
export const linksOf = ({ services }: Catalog): Links => {
  const paths = new Map<string, string>()
  for (const { name, path, procedures, events, channels, signals } of services) {
    paths.set(name, path)
    for (const one of [...procedures, ...events, ...signals]) paths.set(one.name, one.path)
    for (const one of channels) paths.set(`channel ${one.name}`, one.path)
  }
  return (name) => {
    const path = paths.get(name)
    const shown = name.replace(/^channel /, '')
    return path === undefined
      ? html`<code>${shown}</code>`
      : html`<a href="${path}"><code>${shown}</code></a>`
  }
}

/** A list in a line; a word instead of none. */
export const inLine = (items: readonly Part[], none: string): Part =>
  items.length === 0
    ? html`<span class="none">${none}</span>`
    : items.map((item, at) => [at > 0 && ', ', item])

/** A sentence, with what stands between backticks as code. */
export const prose = (text: string): Part =>
  text.split('`').map((part, at) => (at % 2 === 0 ? part : html`<code>${part}</code>`))

/** The head of something declared: its name, which links to itself, and what is said of it. */
export const headingOf = (entry: Entry, shown: string, badges: readonly Part[]): Html => {
  const [, anchor = ''] = entry.path.split('#')
  return html`
    <h3 id="${anchor}">
      <a href="#${anchor}">${shown}</a>
      ${badges} ${entry.deprecated && badge('deprecated', 'warn')}
    </h3>
    <p>${prose(entry.summary)}</p>
    ${deprecationOf(entry)}
  `
}

const deprecationOf = ({ deprecated }: Entry): Part =>
  deprecated &&
  html`<p class="note">
    On its way out since
    ${deprecated.since}${deprecated.until && `; it may be gone from ${deprecated.until} on`}${
      deprecated.use && `. Use ${deprecated.use}`
    }.
  </p>`

/** What there is to know, word by word. */
export const facts = (rows: readonly (readonly [word: string, what: Part])[]): Html => html`
  <dl class="facts">
    ${rows.map(
      ([word, what]) =>
        html`<div>
          <dt>${word}</dt>
          <dd>${what}</dd>
        </div>`,
    )}
  </dl>
`
