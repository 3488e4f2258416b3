// Goal: a page of a foreign origin gets no socket at any door, by no trick of spelling, and what a
// browser sends by itself signs nobody in.
// Method: upgrades by hand, each with one spelling of an origin.
// Shows: W1
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doors } from '../src/doors/table.ts'
import { EdgeMesh } from './harness.ts'
import { RawPeer, upgradeHead } from './raw-peer.ts'
import { TestSocket } from './test-socket.ts'
import { until } from './until.ts'

const [HOME, PORT] = ['https://app.example', 'http://127.0.0.1:8080']
const PATHS = [...doors.keys()]

let mesh: EdgeMesh
beforeAll(async () => {
  mesh = await EdgeMesh.start({ EDGE_ORIGINS: `${HOME},${PORT}` })
})
afterAll(() => mesh.stop())

const answerTo = async (path: string, headers: readonly string[]): Promise<string> => {
  const peer = new RawPeer(mesh.deps.port)
  peer.write(Buffer.from(upgradeHead({ path, headers })))
  await until(() => peer.head !== '')
  const { head } = peer
  peer.destroy()
  return head
}

const FOREIGN = [
  ...[
    'https://evil.example',
    'null',
    '',
    '*',
    'file://',
    'https://',
    'app.example',
    '//app.example',
  ],
  ...[
    'http://app.example',
    'wss://app.example',
    'https://app.example:443',
    'https://app.example:8443',
  ],
  ...[
    'https://app.example.evil.example',
    'https://evil-app.example',
    'https://evil.example/app.example',
  ],
  ...[
    'https://x.app.example',
    'https://app.example.',
    'https://app.example/',
    'https://app.example/x',
  ],
  ...['https://user@app.example', 'https://app.example@evil.example', 'https://app.example#x'],
  ...['HTTPS://APP.EXAMPLE', 'https://App.example', 'https://app.example, https://evil.example'],
  ...[
    'https://app.example https://evil.example',
    'https://app.ex\u00e4mple',
    'https://xn--app.example',
  ],
  ...['http://127.0.0.1', 'http://127.0.0.1:8081', 'http://localhost:8080', 'http://[::1]:8080'],
  ...[
    'http://127.1:8080',
    'http://2130706433:8080',
    'http://0.0.0.0:8080',
    'https://127.0.0.1:8080',
  ],
]

describe.each(PATHS)('at %s', (path) => {
  test('each foreign origin is refused with 403 and no body, before the upgrade', async () => {
    for (const origin of FOREIGN) {
      const head = await answerTo(path, [`Origin: ${origin}`])
      expect(head, origin).toMatch(/^HTTP\/1.1 403 /)
      expect(head).toMatch(/content-length: 0/i)
    }
  })

  test('neither a second origin nor the older header of it helps', async () => {
    for (const headers of [
      [`Origin: ${HOME}`, 'Origin: https://evil.example'],
      ['Origin: https://evil.example', `Origin: ${HOME}`],
      ['Sec-WebSocket-Origin: https://evil.example'],
      [`Origin: ${HOME}`, 'Sec-WebSocket-Origin: https://evil.example'],
    ])
      expect(await answerTo(path, headers), headers.join()).toMatch(/^HTTP\/1.1 403 /)
  })

  test('a known origin and a program without one are let in', async () => {
    const token = mesh.auth.token(mesh.auth.enroll().userId)
    const full = doors.get(path)?.needsToken ? `${path}?token=${token}` : path
    for (const headers of [[`Origin: ${HOME}`], [`Origin: ${PORT}`], []])
      expect(await answerTo(full, headers)).toMatch(/^HTTP\/1.1 101 /)
  })
})

test('a cookie, as a browser sends it by itself, signs nobody in', async () => {
  const token = mesh.auth.token(mesh.auth.enroll().userId)
  const headers = {
    cookie: `token=${token}; access_token=${token}`,
    authorization: `Bearer ${token}`,
  }
  const socket = new TestSocket(mesh.url('/ws/v1'), { headers: { origin: HOME, ...headers } })
  expect(await socket.next('welcome')).toMatchObject({ auth_required: true })
  socket.send({ type: 'subscribe', id: 1, channel: 'earnings' })
  expect(await socket.answer(1)).toMatchObject({ code: 'unauthorized' })
  await socket.close()
})
