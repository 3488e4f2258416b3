import { type Html, html } from './html.ts'

const COLOURS = 10

/** The class that gives a service its colour, by its number. */
export const colourOf = (services: ReadonlyMap<string, number>, service: string): string =>
  `c${(services.get(service) ?? 0) % COLOURS}`

/** A service's name with its colour before it. */
export const badge = (services: ReadonlyMap<string, number>, service: string): Html =>
  html`<span class="service"><i class="dot ${colourOf(services, service)}"></i>${service}</span>`

/** A page: what is in `live` is fetched anew when it changes. */
export const page = ({ title, before, live }: { title: string; before: Html; live: Html }): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="/icon.svg" />
        <link rel="stylesheet" href="/page.css" />
        <script type="module" src="/page.js"></script>
      </head>
      <body>
        ${before}
        <main id="live" tabindex="-1">${live}</main>
      </body>
    </html>`
