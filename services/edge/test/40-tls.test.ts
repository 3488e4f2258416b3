// Goal: over TLS a socket is the same socket: it signs in, is pushed to, is bounded when it reads slowly; and several
// processes present a new certificate without one connection lost.
// Method: the edge in this process, and as processes, with certificates of a throwaway authority; real handshakes.
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { connect, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { streamName } from '@meshboard/contracts'
import { processEnvironment } from '@meshboard/kit'
import { Authority, freePort } from '@meshboard/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { EdgeProcess } from './edge-main.ts'
import { EdgeMesh } from './harness.ts'
import { numbersOf, stalled, upTo } from './stalled.ts'
import { TestSocket, signedIn } from './test-socket.ts'
import { until } from './until.ts'

const FULL = processEnvironment()['MESH_TEST_FULL'] === '1'
const EVENTS = 1_200
const HIGH_BYTES = 262_144
const FRAME_BYTES = 8_192

const trusted = getCACertificates()
let authority: Authority
let mesh: EdgeMesh
let env: Record<string, string>
beforeAll(async () => {
  authority = await Authority.create()
  setDefaultCACertificates([...trusted, readFileSync(authority.caFile, 'utf8')])
  const { certFile, keyFile } = await authority.issue({ place: 'door' })
  env = { EDGE_TLS_CERT_FILE: certFile, EDGE_TLS_KEY_FILE: keyFile, EDGE_TLS_LOOK_MS: '50' }
  mesh = await EdgeMesh.start({ ...env, EDGE_WRITE_DEADLINE_MS: '4000' })
  mesh.answers['earnings.getSummary'] = () => ({})
})
afterEach(() => mesh.expire(streamName('earnings'), 1))
afterAll(async () => {
  setDefaultCACertificates(trusted)
  await mesh.stop()
  await authority.remove()
})

test('a browser that came by WSS is told to stay with it, whether it is let in or not', async () => {
  const told = (path: string) =>
    new Promise((resolve) => {
      const socket = new TestSocket(mesh.url(path))
      const say = ({ headers }: { headers: Record<string, unknown> }) =>
        resolve(headers['strict-transport-security'])
      socket.websocket.once('upgrade', say)
      socket.websocket.once('unexpected-response', (_request, response) => say(response))
      socket.websocket.once('open', () => socket.websocket.close())
    })
  expect(await told('/ws/v1')).toBe('max-age=31536000')
  expect(await told('/ws/nowhere')).toBe('max-age=31536000')
})

test('a slow reader over TLS gets a log whole and in order, its bytes bounded', async () => {
  const { key, userId } = mesh.auth.enroll()
  const ledger = await mesh.ledger(userId)
  const slow = await stalled(mesh, key)
  const quick = await signedIn(mesh, key)
  quick.send({ type: 'subscribe', id: 1, channel: 'earnings' })
  await quick.answer(1)
  const filler = 'x'.repeat(4_000)
  const fits = setInterval(() => {
    slow.socket.websocket.resume()
    setTimeout(() => slow.socket.websocket.pause(), 5)
  }, 50)
  for (let sent = 0; sent < EVENTS; sent += 100)
    await Promise.all(upTo(100).map(() => ledger.credit({ filler })))
  clearInterval(fits)
  await new Promise((resume) => setTimeout(resume, 10))
  slow.speedUp()
  expect(numbersOf(await quick.events(EVENTS, 20_000))).toEqual(upTo(EVENTS))
  expect(numbersOf(await slow.socket.events(EVENTS, 20_000))).toEqual(upTo(EVENTS))
  expect(slow.mostBytes()).toBeLessThan(HIGH_BYTES + FRAME_BYTES)
  expect(await mesh.metric('edge_sent_bytes_total')).toBeGreaterThan(EVENTS * 8_000)
  await Promise.all([slow.socket.close(), quick.close()])
}, 60_000)

test.runIf(FULL)(
  'who takes nothing over TLS is closed at the write deadline',
  async () => {
    const { key, userId } = mesh.auth.enroll()
    const ledger = await mesh.ledger(userId)
    const slow = await stalled(mesh, key)
    const filler = 'x'.repeat(4_000)
    for (let sent = 0; sent < EVENTS; sent += 100)
      await Promise.all(upTo(100).map(() => ledger.credit({ filler })))
    await until(() => !mesh.deps.connections.has(slow.connection), 10_000)
    expect(await mesh.metric('edge_closes_total', 'code="4302"')).toBe(1)
    slow.speedUp()
    await slow.socket.ended()
  },
  30_000,
)

const fingerprint = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: 'localhost' }, () => {
      resolve(socket.getPeerCertificate().fingerprint256)
      socket.destroy()
    }).once('error', reject)
  })

test.runIf(FULL)(
  'several processes present a new certificate, and keep it when the next is broken',
  async () => {
    const redirectPort = await freePort()
    const edge = await EdgeProcess.start(mesh, {
      ...env,
      EDGE_PROCESSES: '2',
      EDGE_REDIRECT_PORT: String(redirectPort),
      EDGE_PUBLIC_HOST: '127.0.0.1:8443',
    })
    try {
      const port = Number((await edge.said(/^doors open$/, 1))['port'])
      const sockets = upTo(4).map(() => new TestSocket(`wss://localhost:${port}/ws/v1`))
      for (const socket of sockets) await socket.next('welcome')
      const before = await fingerprint(port)
      await authority.issue({ place: 'door' })
      for (const number of [1, 2]) await edge.said(/^a new certificate is presented$/, number)
      const after = await Promise.all(upTo(4).map(() => fingerprint(port)))
      expect(new Set(after).size).toBe(1)
      expect(after).not.toContain(before)
      await writeFile(env['EDGE_TLS_CERT_FILE'] ?? '', 'no certificate')
      for (const number of [1, 2])
        await edge.said(/^the certificate stays as it is: .*has no certificate in PEM$/, number)
      expect(await fingerprint(port)).toBe(after[0])
      expect(sockets.map(({ closed }) => closed)).toEqual(sockets.map(() => undefined))
      const { text } = await edge.ops('/metrics')
      expect(
        text.match(/^mesh_tls_certificate_loads_total\{outcome="refused".*\} [1-9]/gm),
      ).toHaveLength(2)
      const sent = await fetch(`http://127.0.0.1:${redirectPort}/ws/v1`, {
        redirect: 'manual',
      })
      expect([sent.status, sent.headers.get('location')]).toEqual([
        308,
        'https://127.0.0.1:8443/ws/v1',
      ])
      for (const socket of sockets) await socket.close()
      expect(await edge.stop()).toBe(0)
    } finally {
      await EdgeProcess.endAll()
    }
  },
  120_000,
)

test.runIf(FULL)(
  'a certificate that cannot be used is told by name, and ends several processes with 1',
  async () => {
    const missing = { ...env, EDGE_TLS_CERT_FILE: '/nowhere/door.pem', EDGE_PROCESSES: '2' }
    const wrong = EdgeProcess.run(mesh, missing)
    expect(await wrong.ended()).toBe(1)
    expect(wrong.text).toContain('EDGE_TLS_CERT_FILE /nowhere/door.pem is not there')
  },
  60_000,
)
