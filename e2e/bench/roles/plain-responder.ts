import { connect } from '@nats-io/transport-node'
import { PLAIN_SUBJECT } from '../body.ts'
import { playRole } from '../role.ts'

interface Setup {
  url: string
  /** What it answers; absent: what it was sent. */
  answer?: object
}

await playRole(async ({ url, answer }: Setup) => {
  const connection = await connect({ servers: url })
  const bytes = answer && new TextEncoder().encode(JSON.stringify(answer))
  connection.subscribe(PLAIN_SUBJECT, {
    callback: (_error, message) => void message.respond(bytes ?? message.data),
  })
  await connection.flush()
  return { orders: {}, close: () => connection.close() }
})
