import type { Msg } from '@nats-io/transport-node'
import type { Message } from './broker.ts'
import { headersOf } from './headers.ts'

/** A message of the library as the kit sees it. */
export const toMessage = (message: Msg): Message => ({
  subject: message.subject,
  data: message.data,
  headers: headersOf(message),
  reply: message.reply === '' ? undefined : message.reply,
})
