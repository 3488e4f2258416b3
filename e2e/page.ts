import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { outsideTool } from '@meshboard/testkit'
import { build } from 'esbuild'

/** Writes the SDK as one file for a browser into `folder`, as the examples' page wants it beside itself. */
const bundleSdk = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'meshboard.js')
  await build({
    stdin: { contents: `export * from '@meshboard/client'`, resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@meshboard/source'],
    outfile,
  })
  return outfile
}

/** Stands for the little of a document that the page uses: what is written into it is printed. */
const DOCUMENT = `
const element = (id) => ({
  set textContent(text) { console.log(id + ': ' + text) },
  append() {},
})
globalThis.location = { hash: '#' + process.argv[2] }
globalThis.document = { getElementById: element, createElement: element }
`

/**
 * Writes a program into `folder` that does in Node what the script of `page` does in a browser, and
 * prints what it shows; its argument is the part of the address behind `#`.
 */
export const pageAsProgram = async (page: string, folder: string): Promise<string> => {
  await bundleSdk(folder)
  const [, script = ''] =
    /<script type="module">(.*)<\/script>/s.exec(await readFile(page, 'utf8')) ?? []
  const [program, before] = [join(folder, 'page.mjs'), join(folder, 'document.mjs')]
  await writeFile(before, DOCUMENT)
  const code = script.replace(`'@meshboard/client'`, `'./meshboard.js'`)
  await writeFile(program, `import './document.mjs'\n${code}`)
  return program
}

/** Tells whoever served the page what a person would read on it, whenever that changes. */
const TELL = `<script>
  const tell = () => fetch('/shown', { method: 'POST', body: document.body.innerText })
  new MutationObserver(tell).observe(document, { subtree: true, childList: true, characterData: true })
</script>`

interface Showing {
  /** Where the SDK and the browser's own files go. */
  readonly folder: string
  readonly hash: string
  readonly port?: number
}

/** A browser that shows the page, without a window. */
export class ShownPage {
  readonly #server: Server
  readonly #browser: ChildProcess
  #shown = ''

  private constructor(server: Server, browser: ChildProcess) {
    this.#server = server
    this.#browser = browser
  }

  /**
   * Serves the page and the SDK beside it at 127.0.0.1, at any port where none is given, and opens
   * the page with `hash` behind its address.
   */
  static async open(
    ...[browser, page, { folder, hash, port = 0 }]: [string, string, Showing]
  ): Promise<ShownPage> {
    const [html, sdk] = [await readFile(page, 'utf8'), await readFile(await bundleSdk(folder))]
    const server = createServer((request, response) => {
      if (request.method === 'POST')
        return void request
          .on('data', (part: Buffer) => shown.#hear(part))
          .on('end', () => response.end())
      const isSdk = request.url === '/meshboard.js'
      response.setHeader('content-type', isSdk ? 'text/javascript' : 'text/html; charset=utf-8')
      response.end(isSdk ? sdk : html + TELL)
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/#${hash}`
    const args = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      `--user-data-dir=${folder}/profile`,
    ]
    const shown = new ShownPage(server, spawn(browser, [...args, url], { stdio: 'ignore' }))
    return shown
  }

  /** What a person reads on it now. */
  get shown(): string {
    return this.#shown
  }

  async close(): Promise<void> {
    const ended = once(this.#browser, 'exit')
    this.#browser.kill('SIGKILL')
    await ended
    this.#server.closeAllConnections()
    this.#server.close()
  }

  #hear(text: Buffer): void {
    this.#shown = text.toString()
  }
}

/** A browser of this machine, or the one that MESH_TEST_BROWSER names. */
export const findBrowser = (): string | undefined =>
  process.env['MESH_TEST_BROWSER'] ?? outsideTool('chromium', 'chromium-browser', 'google-chrome')
