import { OPERATOR } from '@meshboard/kit'
import { NoRespondersError, connect } from '@nats-io/transport-node'
import type { NatsServer } from './nats-server.ts'

const WAIT_MS = 2_000
const STALL_MS = 250

/**
 * What everybody answers to one question, as a tool of who runs the mesh asks it: all that comes
 * within two seconds, or until nobody has answered for a quarter of one.
 */
export const askAll = async (nats: NatsServer, subject: string): Promise<unknown[]> => {
  const connection = await connect({
    servers: nats.url,
    user: OPERATOR,
    pass: nats.passwordOf(OPERATOR),
    inboxPrefix: `_INBOX.${OPERATOR}`,
  })
  try {
    const options = { strategy: 'stall', maxWait: WAIT_MS, stall: STALL_MS } as const
    const answers: unknown[] = []
    for await (const answer of await connection.requestMany(subject, undefined, options))
      if (answer.data.length > 0) answers.push(answer.json())
    return answers
  } catch (error) {
    if (error instanceof NoRespondersError) return []
    throw error
  } finally {
    await connection.close()
  }
}
