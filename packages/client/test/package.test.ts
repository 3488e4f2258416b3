// Goal: the SDK is a package that a stranger can install and use: sound, whole, and nothing more.
// Method: packed as it would be published, and installed from its tarball into an empty folder; in a
// full run its types are checked there, too, with those of all it depends on.
import { readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestEdge, startTestEdge } from './test-edge.ts'
import { Packed, ROOT } from './packed.ts'

const isFull = process.env['MESH_TEST_FULL'] === '1'
const PACKAGES = ['@meshboard/client', '@meshboard/contracts']
const folderOf = (name: string) => join(ROOT, name.replace('@meshboard', 'packages'))

let packed: Packed
let edge: TestEdge
beforeAll(async () => {
  edge = await startTestEdge()
  packed = await Packed.create()
}, 120_000)
afterAll(async () => {
  await packed.remove()
  await edge.stop()
})

describe.each(PACKAGES)('%s', (name) => {
  test('is found without fault by publint', async () => {
    const tarball = new Uint8Array(await readFile(packed.tarballs.get(name) ?? '')).buffer
    const { messages } = await publint({ pack: { tarball }, strict: true })
    expect(messages).toEqual([])
  })

  test('holds what was built of each source, a word about itself, and nothing else', async () => {
    const sources = await readdir(join(folderOf(name), 'src'), { recursive: true })
    const modules = sources.filter((file) => /(?<!\.test)\.ts$/.test(file))
    const built = modules.flatMap((file) =>
      ['.js', '.js.map', '.d.ts'].map((end) => `dist/${file.replace(/\.ts$/, end)}`),
    )
    const expected = [...built, 'LICENSE', 'README.md', 'package.json'].toSorted()
    expect(await packed.filesOf(name)).toEqual(expected)
  })

  test('has no trace of the workspace in its manifest', async () => {
    const manifest = await packed.manifestOf(name)
    expect(manifest).not.toMatch(
      /workspace:|catalog:|@meshboard\/source|"private"|\.\/(src|test)\//,
    )
  })
})

const TYPED = `
import { type Client, createClient } from '@meshboard/client'
const client: Client = createClient({ url: 'ws://x', credentials: { token: () => 'x' } })
const { balance } = await client.earnings.getSummary()
export const text: string = balance
for await (const { event, data } of client.channel('earnings').watch()) {
  const name: 'credited' = event
  const amount: string = data.amount
  console.log(name, amount)
}
// @ts-expect-error an entry's id is needed
await client.earnings.explain()
// @ts-expect-error there is no such channel
client.channel('earning')
`

test.runIf(isFull).each(['nodenext', 'bundler'])(
  'its types are whole for who resolves by %s',
  async (how) => {
    const file = await packed.write('typed.mts', TYPED)
    const tsc = join(ROOT, 'node_modules/.bin/tsc')
    const resolution = how === 'bundler' ? ['esnext', 'bundler'] : [how, how]
    const printed = await packed.run(tsc, [
      ...['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2024'],
      ...['--lib', 'es2024,dom', '--types', '', '--ignoreConfig'],
      ...['--module', resolution[0]!, '--moduleResolution', resolution[1]!, file],
    ])
    expect(printed).toBe('')
  },
  60_000,
)

const PROGRAM = `
import { Failure, createClient, keyFromSeed } from '@meshboard/client'
const [url, seed] = process.argv.slice(2)
const client = createClient({ url, credentials: { key: await keyFromSeed(seed) } })
await client.connect()
console.log(await client.earnings.getSummary())
const refused = await client.earnings.explain({ entry_id: 'none' }).catch((error) => error)
console.log(refused instanceof Failure, refused.code)
for await (const { event, data } of client.channel('earnings').watch({ since: { last: 1 } })) {
  console.log(event, data.amount)
  break
}
client.close()
`

test('what is installed runs, without the schema library', async () => {
  await rm(join(packed.installed, 'node_modules/zod'), { recursive: true })
  const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'
  edge.keys.add('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
  edge.procedures['earnings.getSummary'] = (input: object) => ({ balance: '1.000000', input })
  edge.publish('earnings', { amount: '0.986000' })
  const program = await packed.write('program.mjs', PROGRAM)
  const printed = await packed.run(process.execPath, [program, edge.url, seed])
  expect(printed.split('\n')).toEqual([
    "{ balance: '1.000000', input: {} }",
    'true unsupported',
    'credited 0.986000',
    '',
  ])
})
