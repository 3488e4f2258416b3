// Goal: a page of a foreign origin gets no socket, whatever token it has got hold of.
// Method: an edge that knows one origin; the same page in a real browser, on that origin and on another.
// Shows: W1
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SUBPROTOCOL } from '@meshboard/contracts'
import { service as edge } from '@meshboard/edge'
import { type TestMesh, freePort, startTestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ShownPage, findBrowser } from './page.ts'

const PAGE = `<p id="state">waiting</p><script type="module">
  const { edge, token } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)))
  const say = (text) => (document.getElementById('state').textContent = text)
  const socket = new WebSocket(edge, ['${SUBPROTOCOL}', 'bearer.' + token])
  socket.onmessage = ({ data }) => say('heard ' + JSON.parse(data).type)
  socket.onclose = ({ code }) => say('closed ' + code)
</script>`

const browser = findBrowser()
let folder: string
let mesh: TestMesh
let home: number
let hash: string
let page: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshboard-origin-'))
  page = join(folder, 'page.html')
  await writeFile(page, PAGE)
  home = await freePort()
  mesh = await startTestMesh()
  const env = { EDGE_PORT: '0', EDGE_DRAIN_MS: '0', EDGE_ORIGINS: `http://127.0.0.1:${home}` }
  const { deps } = await mesh.start(edge, env)
  const { port } = deps as { port: number }
  const { token } = await mesh.user()
  hash = String(new URLSearchParams({ edge: `ws://127.0.0.1:${port}/ws/v1`, token }))
})
afterAll(async () => {
  await mesh.stop()
  await rm(folder, { recursive: true, force: true })
})

/** What the page shows once it has heard or been refused. */
const shownAt = async (port: number): Promise<string> => {
  const shown = await ShownPage.open(browser ?? '', page, { folder, hash, port })
  try {
    return await until(() => shown.shown !== '' && shown.shown.trim(), { ms: 60_000 })
  } finally {
    await shown.close()
  }
}

describe.skipIf(browser === undefined)('a page in a browser', () => {
  test('of an origin that is known gets its socket', async () => {
    expect(await shownAt(home)).toMatch(/^heard /)
  })

  test('of another origin gets none, with the same token', async () => {
    expect(await shownAt(await freePort())).toBe('closed 1006')
  })
})
