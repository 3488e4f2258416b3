// Goal: the SDK's examples do what they say.
// Method: a mesh as a user starts it, and each example as a process of its own, by what it prints.
// The page runs in Node with the bundle that browsers get, and in a browser where there is one.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keyFromSeed, signIn } from '@meshboard/client'
import { until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Example } from './example.ts'
import { ShownPage, findBrowser, pageAsProgram } from './page.ts'
import { Up } from './up.ts'

const exampleOf = (name: string) =>
  fileURLToPath(new URL(`../packages/client/examples/${name}`, import.meta.url))
const browser = findBrowser()

let folder: string
let up: Up
let edge: string
let device: Example
/** Of the user whom the Node example has signed up. */
let seed: string
let hash: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshboard-examples-'))
  up = await Up.start({ NETWORK_ACCRUAL_PERIOD_MS: '1000' })
  edge = `${await up.urlOf('edge')}/ws/v1`
  const gatewayUrl = await up.urlOf('gateway')
  device = new Example(exampleOf('node.ts'), [edge, gatewayUrl])
  seed = await device.prints(/^signed up as example-\w{8}, seed ([0-9a-f]{64})$/m)
  await device.prints(/^credited/m)
  const { access_token: token } = await signIn({ gatewayUrl, key: await keyFromSeed(seed) })
  hash = String(new URLSearchParams({ token, edge }))
})
afterAll(async () => {
  await device.stop()
  await up.remove()
  await rm(folder, { recursive: true, force: true })
})

test('the Node example signs up, connects a device and prints its points', async () => {
  const lines = device.printed.trimEnd().split('\n')
  expect(lines[1]).toBe('balance 0.000000')
  expect(lines[2]).toMatch(/^credited \d+\.\d{6}, balance \d+\.\d{6}$/)
})

test('the client by hand signs in, calls, and gets stored and live events', async () => {
  const example = new Example(exampleOf('by-hand.ts'), [seed, edge])
  await example.prints(/^signed in as (usr_\w+)$/m)
  await example.prints(/^{"type":"reply","id":1,"data":{"user_id":"usr_.*"balance":"\d/m)
  await example.prints(/^{"type":"subscribed","id":2,"channel":"earnings",.*"replayed":[123]/m)
  const first = Number(await example.prints(/"event":"credited","seq":\d+,"n":(\d+)/))
  await example.prints(new RegExp(`"event":"credited","seq":\\d+,"n":(${first + 4}),`))
  await example.stop()
})

test('the page shows the balance, then each credit', async () => {
  const program = await pageAsProgram(exampleOf('page.html'), folder)
  const page = new Example(program, [hash])
  await page.prints(/^state: live$/m)
  await page.prints(/^balance: \d+\.\d{6}\n(?:balance: \d+\.\d{6}\nli: \d+\.\d{6}\n){2}/m)
  await page.stop()
})

test('the page says in words why it shows nothing', async () => {
  const program = await pageAsProgram(exampleOf('page.html'), folder)
  const page = new Example(program, [hash.replace(/token=[^&]*/, 'token=no.such.token')])
  await page.prints(/^state: The login was refused\.$/m)
  await page.stop()
})

test.skipIf(!browser)('the page shows the same in a browser', async () => {
  const page = await ShownPage.open(browser!, exampleOf('page.html'), { folder, hash })
  const amounts = () => page.shown.match(/\d+\.\d{6}/g) ?? []
  await until(() => page.shown.includes('live') && amounts().length >= 4, { ms: 30_000 })
  await page.close()
})
