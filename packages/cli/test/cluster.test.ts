// Goal: in a cluster nothing is kept less than three times, and a server that is lost is found.
// Method: three servers under the generated configuration; one is killed by its pid and started again.
import { Readable } from 'node:stream'
import { user } from '@meshboard/contracts'
import { PROVISIONER, openVault, provision } from '@meshboard/kit'
import { type NatsCluster, type TestBroker, startNats, startNatsCluster } from '@meshboard/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Finding } from '../src/doctor/finding.ts'
import { runIn } from './cli.ts'

// Electing a leader takes longer than an ordinary run has.
const isFull = process.env['MESH_TEST_FULL'] === '1'
const STREAM = 'EVT_EARNINGS'

const asProvisioner = (broker: TestBroker) => ({
  servers: broker.url.split(','),
  service: PROVISIONER,
  user: PROVISIONER,
  password: broker.passwordOf(PROVISIONER),
})

describe.runIf(isFull)('a cluster of three servers (full run only)', () => {
  let cluster: NatsCluster
  beforeAll(async () => {
    cluster = await startNatsCluster()
    // On a busy machine the servers place no stream on each other at once.
    await sleep(3_000)
  }, 120_000)
  afterAll(() => cluster.stop(), 60_000)

  const run = (command: string, replicas = 3) =>
    runIn({ nats: cluster, brokerOf: () => Promise.reject(new Error('not asked for')) }, command, {
      env: {
        NATS_PASSWORD: cluster.passwordOf(PROVISIONER),
        NATS_PASSWORD_SYSTEM: cluster.passwordOf('system'),
        STREAM_REPLICAS: `${replicas}`,
        STREAM_BYTES_MAX: `${64 << 20}`,
      },
    })

  const wrong = async (): Promise<string[]> => {
    const { json } = await run('doctor --json')
    return (json() as unknown as Finding[])
      .filter(({ state, check }) => state !== 'ok' && !/^(postgres|redis)$/.test(check))
      .map(({ state, check, text }) => `${state} ${check}: ${text}`)
  }

  test('streams of one copy are refused, streams of three are made, and all is well', async () => {
    const refused = await run('provision --yes', 1)
    expect(refused.code).toBe(1)
    expect(refused.notes).toContain(`${STREAM} has fewer than 3 copies in a cluster`)
    expect((await run('provision --yes')).code).toBe(0)
    await cluster.whole()
    expect(await wrong()).toEqual([])
    expect((await run('provision --plan')).code).toBe(0)
  }, 120_000)

  test('a stream that was saved on one server comes back here in three copies', async () => {
    const single = await startNats()
    const old = { service: 'old', contract: { ...user, name: 'old' }, consumers: [] }
    await provision(asProvisioner(single), [old], { replicas: 1 })
    const chunks: Uint8Array[] = []
    const from = await openVault(asProvisioner(single))
    const saved = await from.save('EVT_OLD', async (bytes) => void chunks.push(bytes.slice()))
    await from.close()
    await single.stop()
    const to = await openVault(asProvisioner(cluster))
    expect(await to.bringBack(saved, Readable.from(chunks), { replicas: 3 })).toEqual({
      messages: 0,
      lastSeq: 0,
    })
    await to.close()
    await cluster.whole()
    expect(await wrong()).toEqual([
      'warning stream EVT_OLD: is in no contract, and holds 0 messages',
    ])
  }, 120_000)

  test('a server that is killed is missed by every stream, and no more when it is back', async () => {
    const leader = await cluster.leaderOf(STREAM)
    await leader.kill()
    const missed = `bad stream ${STREAM}: copy on ${leader.name} is away`
    await expect.poll(wrong, { timeout: 60_000, interval: 1_000 }).toContain(missed)
    await leader.start()
    await cluster.whole()
    const rest = async () => (await wrong()).filter((line) => !line.includes('EVT_OLD'))
    await expect.poll(rest, { timeout: 60_000, interval: 1_000 }).toEqual([])
  }, 180_000)
})
