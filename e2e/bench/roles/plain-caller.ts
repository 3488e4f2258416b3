import { connect } from '@nats-io/transport-node'
import { PLAIN_SUBJECT, bodyOf } from '../body.ts'
import { type Loop, closedLoop } from '../closed-loop.ts'
import { playRole } from '../role.ts'

await playRole(async ({ url, bodyBytes }: { url: string; bodyBytes: number }) => {
  const connection = await connect({ servers: url })
  const body = bodyOf(bodyBytes)
  const call = async () =>
    (await connection.request(PLAIN_SUBJECT, JSON.stringify(body))).json<unknown>()
  return {
    orders: { load: (loop: Loop) => closedLoop(call, loop) },
    close: () => connection.close(),
  }
})
