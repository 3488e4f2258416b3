// Goal: frames that are made here are frames to any client, whatever their size.
// Method: written past the library to a real socket, and read by a real client between two of its own.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { textFrame } from '../src/text-frame.ts'

const SIZES = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000]

let server: WebSocketServer
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(server, 'listening')
})
afterAll(() => server.close())

test.each(SIZES)('a frame of %i bytes arrives in its place', async (bytes) => {
  const text = 'é'.repeat(bytes >> 1) + 'e'.repeat(bytes & 1)
  server.once('connection', (websocket, { socket }) => {
    websocket.send('before')
    socket.write(textFrame(Buffer.from(text)))
    websocket.send('after')
    websocket.close(1000)
  })
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const heard: string[] = []
  client.on('message', (data: Buffer) => heard.push(data.toString()))
  const [code] = (await once(client, 'close')) as [number]
  expect(heard).toEqual(['before', text, 'after'])
  expect(code).toBe(1000)
})
