// Goal: who calls something on its way out is told with every answer.
// Method: the step itself in a server of its own, since no contract has anything on its way out.
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { expect, test } from 'vitest'
import { deprecation } from '../src/deprecation.ts'
import type { RequestState } from '../src/request.ts'

const answerOf = async (declared: Parameters<typeof deprecation>[1]): Promise<Headers> => {
  const app = new Koa<RequestState>()
  app.use(deprecation('earnings.getSummary', declared))
  app.use((ctx) => void (ctx.body = 'there still'))
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const { headers } = await fetch(`http://127.0.0.1:${port}`)
  server.close()
  server.closeAllConnections()
  return headers
}

test('since when, where to read about it, and until when', async () => {
  const headers = await answerOf({ since: '2026-11-21', until: '2027-03-01' })
  expect(headers.get('deprecation')).toBe('@1795219200')
  expect(headers.get('sunset')).toBe('Mon, 01 Mar 2027 00:00:00 GMT')
  expect(headers.get('link')).toBe(
    '</catalog/earnings#getSummary>; rel="deprecation"; type="text/html"',
  )
})

test('no end is told where none is decided', async () => {
  expect((await answerOf({ since: '2026-11-21' })).get('sunset')).toBeNull()
})
