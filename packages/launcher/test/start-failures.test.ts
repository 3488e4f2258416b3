import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type Root, makeRoot } from './fixture-root.ts'
import { type Ended, environmentOf, run } from './launcher-process.ts'

let root: Root

beforeAll(() => {
  root = makeRoot()
})

afterAll(() => root.remove())

const listener = createServer()
let port = 0

beforeAll(async () => {
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done))
  port = (listener.address() as AddressInfo).port
})

afterAll(() => new Promise<void>((done) => void listener.close(() => done())))

function up(env: NodeJS.ProcessEnv): Promise<Ended> {
  return run(['up'], { ...environmentOf(root), ...env })
}

function expectOneLine({ code, stderr }: Ended, line: RegExp): void {
  expect(stderr).toMatch(line)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(code).toBe(1)
}

describe('up refuses in one line', () => {
  test('a port in use, and says by whom and what to set', async () => {
    const line =
      /cannot start postgres: port \d+ is in use by another process \(.*pid \d+\)\. Set POSTGRES_PORT, or DATABASE_URL to use that server\.$/m
    expectOneLine(await up({ POSTGRES_PORT: `${port}` }), line)
  })

  test('a port in use of a door', async () => {
    expectOneLine(
      await up({ GATEWAY_PORT: `${port}` }),
      /cannot start gateway: port \d+ is in use .* Set GATEWAY_PORT\.$/m,
    )
  })

  test('a port that is none', async () => {
    expectOneLine(await up({ REDIS_PORT: '70000' }), /REDIS_PORT is "70000"/)
  })

  test('a broker below the floor', async () => {
    const old = join(root.root, 'old-nats-server')
    writeFileSync(old, '#!/bin/sh\necho "nats-server: v2.10.27"\n')
    chmodSync(old, 0o755)
    expectOneLine(
      await up({ NATS_SERVER_BIN: old }),
      /is 2\.10\.27, the mesh needs 2\.12\.12 or newer/,
    )
  })

  test('a broker that is none', async () => {
    expectOneLine(
      await up({ NATS_SERVER_BIN: '/bin/false' }),
      /NATS_SERVER_BIN=\/bin\/false is not a nats-server/,
    )
  })

  test('a DATABASE_URL nothing listens at', async () => {
    const line =
      /cannot use the server of DATABASE_URL \(127\.0\.0\.1:1\): nothing listens there\. Correct DATABASE_URL, or unset it/
    expectOneLine(await up({ DATABASE_URL: 'postgres://ann:secret@127.0.0.1:1/mesh' }), line)
  })

  test('a DATABASE_URL that is no URL, without repeating the password in it', async () => {
    const failed = await up({ DATABASE_URL: 'mysql://ann:secret@127.0.0.1/mesh' })
    expectOneLine(failed, /DATABASE_URL is not a URL such as postgres:/)
    expect(failed.stderr).not.toContain('secret')
  })

  test('a disk that is nearly full', async () => {
    const line = /the disk that holds .* is full: \d+ MiB are free, 999999999 MiB are needed/
    expectOneLine(await up({ MESH_DISK_FREE_MIN_MIB: '999999999' }), line)
  })

  test('servers that cannot be downloaded for want of a network', async () => {
    const env = {
      NATS_SERVER_BIN: '',
      MESH_SERVERS_DIR: join(root.root, 'no-servers'),
      MESH_DEBIAN_URI: 'http://127.0.0.1:1/debian',
      PATH: '/usr/bin:/bin',
    }
    expectOneLine(await up(env), /cannot download (nats|redis)-server: .*Check the network/)
  })

  test('data whose passwords are lost', async () => {
    const lost = makeRoot()
    mkdirSync(join(lost.home, 'data/postgres'), { recursive: true })
    expectOneLine(await run(['up'], environmentOf(lost)), /secrets\.json is gone.*npm run reset/)
    lost.remove()
  })
})

test('a service that dies again and again stops the start, with the end of its log', async () => {
  const { code, stderr } = await up({ ALPHA_BROKEN: 'yes' })
  expect(stderr).toContain('alpha lost its way')
  expect(stderr).toMatch(/cannot start alpha: alpha exited with code 7\. Its log is .*alpha\.log/)
  expect(code).toBe(1)
})
