import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { StaticFile } from './static-file.ts'

const { resolve } = createRequire(import.meta.url)

/** The script of Scalar, whole: it loads nothing more. */
const scriptPath = (): string =>
  join(dirname(resolve('@scalar/api-reference')), 'browser', 'standalone.js')

/** What the script is told: nothing goes anywhere but to this door. */
const SETTINGS = {
  url: '/openapi.json',
  telemetry: false,
  withDefaultFonts: false,
  proxyUrl: '',
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  documentDownloadType: 'direct',
  persistAuth: false,
  authentication: { preferredSecurityScheme: 'token' },
  metaData: { title: 'Meshboard API' },
}

/** The API reference at `/docs`: a page, the script it loads, and the line that starts it. */
export const apiReference = (): StaticFile[] => {
  const script = readFileSync(scriptPath())
  return [
    { path: '/docs', type: 'text/html; charset=utf-8', body: PAGE },
    { path: '/docs/start.js', type: 'text/javascript; charset=utf-8', body: START },
    { path: '/docs/scalar.js', type: 'text/javascript; charset=utf-8', body: script },
  ]
}

const START = `Scalar.createApiReference('#reference', ${JSON.stringify(SETTINGS)})\n`

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Meshboard API</title>
    <link rel="icon" href="data:,">
  </head>
  <body>
    <div id="reference"></div>
    <noscript>This page needs JavaScript; <a href="/openapi.json">/openapi.json</a> says the same.</noscript>
    <script src="/docs/scalar.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`
