import { type Html, type Part, html } from './html.ts'

/** A page of the catalog. */
export interface PageParts {
  readonly title: string
  /** The services, for the list at the side. */
  readonly services: readonly { readonly name: string; readonly path: string }[]
  /** The path of the page itself. */
  readonly path: string
  readonly body: Part
}

/** A whole page: the same head, search and list of services around whatever is in it. */
export const pageOf = ({ title, services, path, body }: PageParts): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Meshboard catalog</title>
        <link rel="icon" href="/catalog/mark.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/catalog/catalog.css" />
        <script src="/catalog/search.mjs" type="module"></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        ${headOf()}
        <div class="frame">
          <nav class="side" aria-label="Services">
            <ul>
              ${[{ name: 'Overview', path: '/catalog' }, ...services].map(
                (one) =>
                  html`<li>
                    <a href="${one.path}" ${one.path === path && html`aria-current="page"`}
                      >${one.name}</a
                    >
                  </li>`,
              )}
            </ul>
          </nav>
          <main id="main" tabindex="-1">${body}</main>
        </div>
      </body>
    </html> `.text

const headOf = (): Html => html`
  <header class="top">
    <a class="brand" href="/catalog">Meshboard <span>catalog</span></a>
    <div class="search" role="search" hidden>
      <input
        id="search"
        type="search"
        placeholder="Search procedures, events, channels  ( / )"
        aria-label="Search the catalog"
        role="combobox"
        aria-expanded="false"
        aria-controls="found"
        aria-autocomplete="list"
        autocomplete="off"
        spellcheck="false"
      />
      <ul id="found" role="listbox" aria-label="Found" hidden></ul>
    </div>
    <nav class="documents" aria-label="Documents">
      <a href="/docs">API reference</a>
      <a href="/asyncapi.json">AsyncAPI</a>
      <a href="/catalog.json">JSON</a>
    </nav>
  </header>
`
