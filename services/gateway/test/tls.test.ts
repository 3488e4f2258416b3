// Goal: the gateway over HTTPS is the same gateway; who comes by plain HTTP is sent to it and nowhere else, and a
// browser is told to stay with HTTPS where it came by that.
// Method: the real gateway before the least of services, a certificate of a throwaway authority, raw requests.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { Authority, freePort } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Door, as, posting, startDoor } from './harness.ts'
import { rawRequest } from './raw-request.ts'

let authority: Authority
let door: Door
let https: string
let redirectPort: number
const trusted = getCACertificates()

beforeAll(async () => {
  authority = await Authority.create()
  setDefaultCACertificates([...trusted, readFileSync(authority.caFile, 'utf8')])
  const { certFile, keyFile } = await authority.issue()
  redirectPort = await freePort()
  door = await startDoor({ GATEWAY_TRUSTED_HOPS: '1' })
  const { port } = await door.another({
    GATEWAY_TLS_CERT_FILE: certFile,
    GATEWAY_TLS_KEY_FILE: keyFile,
    GATEWAY_REDIRECT_PORT: String(redirectPort),
    GATEWAY_PUBLIC_HOST: 'board.example:8443',
    GATEWAY_HSTS_SECONDS: '300',
  })
  https = `https://localhost:${port}`
})
afterAll(async () => {
  setDefaultCACertificates(trusted)
  await door.stop()
  await authority.remove()
})

test('a call over HTTPS is answered as any other, and its browser is kept with HTTPS', async () => {
  const answer = await as({ ...door, url: https })('/api/networks')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('strict-transport-security')).toBe('max-age=300')
  const refused = await fetch(`${https}/api/networks`, posting('{}'))
  expect(refused.status).toBe(401)
  expect(refused.headers.get('strict-transport-security')).toBe('max-age=300')
})

test('behind a proxy that is trusted, its word for HTTPS counts; nobody else’s does', async () => {
  const told = async (url: string, proto: string) => {
    const { headers } = await rawRequest(`${url}/`, { headers: { 'x-forwarded-proto': proto } })
    return headers['strict-transport-security']
  }
  expect(await told(door.url, 'https')).toBe('max-age=31536000')
  expect(await told(door.url, 'http')).toBeUndefined()
  // What the client put before it is not what the proxy said.
  expect(await told(door.url, 'https, http')).toBeUndefined()
  const bare = await door.another()
  expect(await told(bare.url, 'https')).toBeUndefined()
  await bare.stop()
})

/** The first line and the location that a request by hand is answered with. */
const redirected = (...head: string[]): Promise<{ status: number; location: string | undefined }> =>
  new Promise((resolve, reject) => {
    const socket = connect(redirectPort, '127.0.0.1')
    let text = ''
    socket.on('data', (data) => (text += data.toString()))
    socket.once('error', reject)
    socket.once('close', () =>
      resolve({
        status: Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1]),
        location: /^location: (.*)\r$/im.exec(text)?.[1],
      }),
    )
    socket.write([...head, '', ''].join('\r\n'))
  })

test.each([
  ['GET', '/api/networks?limit=2'],
  ['POST', '/api/auth/login'],
  ['GET', '//evil.example/x'],
])('plain HTTP is sent on to the same path of the public host: %s %s', async (method, path) => {
  const hosts = ['board.example', 'BOARD.example:80', 'board.example:8080']
  for (const host of hosts)
    expect(await redirected(`${method} ${path} HTTP/1.1`, `Host: ${host}`)).toEqual({
      status: 308,
      location: `https://board.example:8443${path}`,
    })
})

test.each([
  ['another host', 'GET / HTTP/1.1', 'Host: evil.example'],
  ['a host that begins like it', 'GET / HTTP/1.1', 'Host: board.example.evil.example'],
  ['no host', 'GET / HTTP/1.0'],
  ['an absolute address', 'GET http://evil.example/ HTTP/1.1', 'Host: board.example'],
  ['no path', 'OPTIONS * HTTP/1.1', 'Host: board.example'],
])('plain HTTP for %s is sent nowhere', async (_what, ...head) => {
  const forwarded = 'X-Forwarded-Host: board.example'
  expect(await redirected(...head, forwarded)).toEqual({ status: 421, location: undefined })
})

test('a redirect without a host to send to ends the start', async () => {
  const wrong = door.another({ GATEWAY_REDIRECT_PORT: String(await freePort()) })
  await expect(wrong).rejects.toThrow(/the public host must be set/)
})
