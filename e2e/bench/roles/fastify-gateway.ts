import type { AddressInfo } from 'node:net'
import { connect } from '@nats-io/transport-node'
import { fastify } from 'fastify'
import { PLAIN_SUBJECT } from '../body.ts'
import { playRole } from '../role.ts'

await playRole(async ({ url, path }: { url: string; path: string }) => {
  const connection = await connect({ servers: url })
  const app = fastify()
  app.get(path, async () => {
    const answer = await connection.request(PLAIN_SUBJECT, JSON.stringify({}))
    return answer.json()
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    orders: { port: () => (app.server.address() as AddressInfo).port },
    async close() {
      await app.close()
      await connection.close()
    },
  }
})
