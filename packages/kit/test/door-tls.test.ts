// Goal: a door with a certificate speaks modern TLS and nothing else, presents what its files say now, and says
// by name what is wrong with them; who comes by plain HTTP is sent to the one host there is.
// Method: real certificates of a throwaway authority, real handshakes on the loopback, no broker.
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { type Server, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type PeerCertificate, type TLSSocket, type ConnectionOptions, connect } from 'node:tls'
import { Authority, type IssuedFiles, until } from '@meshboard/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  createDoorServer,
  createLogger,
  createMetrics,
  doorConfig,
  readConfig,
} from '../src/index.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const door = doorConfig('TEST')
let authority: Authority
let ca: string
const closing: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  authority = await Authority.create()
  ca = await readFile(authority.caFile, 'utf8')
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})
afterAll(() => authority.remove())

const envOf = ({ certFile, keyFile }: IssuedFiles, more: Record<string, string> = {}) => ({
  TEST_TLS_CERT_FILE: certFile,
  TEST_TLS_KEY_FILE: keyFile,
  TEST_TLS_LOOK_MS: '50',
  ...more,
})

const open = async (env: Record<string, string>) => {
  const metrics = createMetrics('test')
  const server = createDoorServer({
    config: readConfig(door, env),
    http: {},
    log: createLogger('test', 'silent'),
    registry: metrics.registry,
  })
  server.on('request', (_request, response) => response.end('hello'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => closed(server))
  const measured = async (name: string) => {
    const text = await metrics.registry.metrics()
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')
        .at(-1),
    )
  }
  return { port: (server.address() as AddressInfo).port, measured }
}

const closed = (server: Server) =>
  new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })

/** A connection whose handshake has come to an end; throws what it came to otherwise. */
const handshake = (port: number, options: ConnectionOptions = {}): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca, ...options })
    socket.once('secureConnect', () => resolve(socket)).once('error', reject)
    closing.push(async () => socket.destroy())
  })

const presented = async (port: number): Promise<PeerCertificate> =>
  (await handshake(port)).getPeerCertificate()

test('a door with a certificate speaks TLS 1.2 and 1.3, nothing older and no plain HTTP', async () => {
  const { port, measured } = await open(envOf(await authority.issue()))
  const versions = await Promise.all(
    (['TLSv1.2', 'TLSv1.3'] as const).map((version) =>
      handshake(port, { minVersion: version, maxVersion: version }),
    ),
  )
  expect(versions.map((socket) => socket.getProtocol())).toEqual(['TLSv1.2', 'TLSv1.3'])
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const
  await expect(handshake(port, old)).rejects.toThrow(/protocol version|alert/)
  const weak = { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA:ECDHE-ECDSA-AES128-SHA' } as const
  await expect(handshake(port, weak)).rejects.toThrow(/handshake failure/)
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  expect(await measured('mesh_tls_handshakes_failed_total')).toBe(3)
})

test('a rotated certificate is presented to who comes next, and open connections stay', async () => {
  const place = 'rotated'
  const files = await authority.issue({ place })
  const { port, measured } = await open(envOf(files))
  const early = await handshake(port)
  const before = early.getPeerCertificate().fingerprint256
  const expiresAt = Date.now() + 10 * DAY_MS
  await authority.issue({ place, until: expiresAt })
  await until(async () => (await presented(port)).fingerprint256 !== before)
  const expires = await measured('mesh_tls_certificate_expires_timestamp_seconds')
  expect(expires).toBe(Math.floor(expiresAt / 1_000))
  early.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const answer = await new Promise((resolve) => early.once('data', (data) => resolve(String(data))))
  expect(answer).toContain('200 OK')
})

test('a broken new file keeps the certificate before it, is counted once, and a good one mends it', async () => {
  const place = 'broken'
  const files = await authority.issue({ place })
  const { port, measured } = await open(envOf(files))
  const before = (await presented(port)).fingerprint256
  await writeFile(files.certFile, 'no certificate')
  const refused = 'mesh_tls_certificate_loads_total{outcome="refused"'
  await until(async () => (await measured(refused)) === 1)
  await new Promise((resume) => setTimeout(resume, 200))
  expect(await measured(refused)).toBe(1)
  expect((await presented(port)).fingerprint256).toBe(before)
  await authority.issue({ place })
  await until(async () => (await presented(port)).fingerprint256 !== before)
})

interface Fault {
  readonly what: string
  readonly make: () => Promise<IssuedFiles>
  readonly says: RegExp
}

const withText = async (which: keyof IssuedFiles, text: string): Promise<IssuedFiles> => {
  const files = await authority.issue()
  await writeFile(files[which], text)
  return files
}

const FAULTS: readonly Fault[] = [
  {
    what: 'a certificate that is not there',
    make: async () => ({ ...(await authority.issue()), certFile: '/nowhere/door.pem' }),
    says: /TEST_TLS_CERT_FILE \/nowhere\/door\.pem is not there/,
  },
  {
    what: 'a certificate that is no PEM',
    make: () => withText('certFile', 'hello'),
    says: /TEST_TLS_CERT_FILE \S+\.pem has no certificate in PEM/,
  },
  {
    what: 'a certificate that is broken',
    make: () =>
      withText('certFile', '-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n'),
    says: /TEST_TLS_CERT_FILE certificate 1 of \S+\.pem is broken/,
  },
  {
    what: 'a certificate that has expired',
    make: () => authority.issue({ until: Date.now() - 1_000 }),
    says: /TEST_TLS_CERT_FILE the certificate of \S+\.pem has expired, on /,
  },
  {
    what: 'a certificate that is not valid yet',
    make: () => authority.issue({ from: Date.now() + DAY_MS / 2 }),
    says: /TEST_TLS_CERT_FILE the certificate of \S+\.pem is not valid before /,
  },
  {
    what: 'a key that is no PEM',
    make: () => withText('keyFile', 'hello'),
    says: /TEST_TLS_KEY_FILE \S+-key\.pem has no private key in PEM/,
  },
  {
    what: 'a key that is broken',
    make: () =>
      withText('keyFile', '-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----\n'),
    says: /TEST_TLS_KEY_FILE the key of \S+-key\.pem is broken, or behind a passphrase/,
  },
  {
    what: 'a key of another certificate',
    async make() {
      const [files, other] = [await authority.issue(), await authority.issue()]
      await copyFile(other.keyFile, files.keyFile)
      return files
    },
    says: /the key of \S+-key\.pem is not that of the certificate in \S+\.pem/,
  },
  {
    what: 'a certificate without a key',
    make: async () => ({ ...(await authority.issue()), keyFile: '' }),
    says: /set both or not at all/,
  },
]

test.each(FAULTS)('$what ends the start, and is told by name', async ({ make, says }) => {
  const env = envOf(await make())
  await expect(open(env)).rejects.toThrow(says)
})

test('without a certificate a door speaks plain HTTP', async () => {
  const { port } = await open({})
  const answer = await new Promise((resolve) => {
    request({ port, host: '127.0.0.1' }, ({ statusCode }) => resolve(statusCode)).end()
  })
  expect(answer).toBe(200)
})
