// Goal: a client that takes a little of a large write is not taken for one that takes nothing.
// Method: one write of 32 MiB between two real sockets, of which the reader takes a part.
import { once } from 'node:events'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../test/until.ts'
import { Progress } from './progress.ts'

const WRITE_BYTES = 32 << 20
const TAKEN_BYTES = 16 << 20

const server = createServer()
let [writer, reader]: Socket[] = []
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  reader = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
  ;[writer] = (await once(server, 'connection')) as [Socket]
})
afterAll(() => {
  reader?.destroy()
  writer?.destroy()
  server.close()
})

test('what is taken of a write under way counts, and nothing taken is told for how long', async () => {
  if (!writer || !reader) throw new Error('no sockets')
  const progress = new Progress(writer)
  expect(progress.stuckMs(0)).toBe(0)
  writer.write(Buffer.alloc(WRITE_BYTES))
  // First the system's own buffers fill.
  await until(() => progress.stuckMs(1_000) === 0 && progress.stuckMs(6_000) === 5_000)
  let taken = 0
  while (taken < TAKEN_BYTES) {
    taken += (reader.read() as Buffer | null)?.length ?? 0
    await new Promise(setImmediate)
  }
  expect(progress.stuckMs(20_000)).toBe(0)
  expect(writer.writableLength).toBe(WRITE_BYTES)
  reader.resume()
  await until(() => writer?.writableLength === 0)
  expect([progress.stuckMs(30_000), progress.stuckMs(90_000)]).toEqual([0, 0])
})
