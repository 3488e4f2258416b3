// Goal: a browser loads little.
// Method: the SDK bundled, minified and compressed as for a page, and what is in the bundle.
import { basename } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const GZIP_BYTES_MAX = 15 * 1024

/** What a page gets that imports `names` of the SDK, and the files it was made from. */
const bundled = async (names: string) => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export ${names} from './index.ts'`, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@meshboard/source'],
    write: false,
    metafile: true,
  })
  const code = outputFiles[0]?.contents ?? new Uint8Array()
  return { gzipBytes: gzipSync(code, { level: 9 }).length, files: Object.keys(metafile.inputs) }
}

test('all of the SDK is smaller than 15 KB for a browser, compressed', async () => {
  const { gzipBytes } = await bundled('*')
  expect(gzipBytes).toBeGreaterThan(5_000)
  expect(gzipBytes).toBeLessThan(GZIP_BYTES_MAX)
})

test('a browser gets no schema, no schema library and no WebSocket library', async () => {
  const { files } = await bundled('*')
  expect(files.filter((file) => /node_modules\/(zod|ws)\//.test(file))).toEqual([])
  expect(files.filter((file) => /transports\/node/.test(file))).toEqual([])
  const contracts = files.filter((file) => file.includes('contracts/src/'))
  expect(contracts.map((file) => basename(file)).toSorted()).toEqual([
    'client.ts',
    'close-codes.ts',
    'failure.ts',
    'signing.ts',
    'subprotocol.ts',
  ])
})

test('a page that signs in by token pays nothing for keys', async () => {
  const { files, gzipBytes } = await bundled('{ createClient }')
  expect(gzipBytes).toBeLessThan(10 * 1024)
  expect(files).not.toContain('keys.ts')
})
