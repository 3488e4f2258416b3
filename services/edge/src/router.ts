import { type Failure, failure } from '@meshboard/contracts'
import { SpanKind, contextFrom, inSpan } from '@meshboard/kit'
import type { Connection } from './connection.ts'
import type { Received, Request } from './frames.ts'

type Handlers = {
  readonly [T in Request['type']]: (
    connection: Connection,
    request: Extract<Request, { type: T }>,
  ) => Promise<void> | void
}

const HANDLERS: Handlers = {
  auth: ({ login }, { credentials }) => (credentials ? login.attempt(credentials) : undefined),
  subscribe: ({ subscriptions }, frame) => subscriptions.subscribe(frame),
  unsubscribe: ({ subscriptions }, frame) => subscriptions.unsubscribe(frame),
  call: ({ calls }, frame) => calls.call(frame),
  cancel: ({ calls }, { id }) => calls.cancel(id),
  pong: () => {},
  ping: (connection) => {
    if (connection.door.dialect.pong !== undefined)
      connection.sendText(connection.door.dialect.pong)
  },
}

/**
 * Has a frame handled; whatever goes wrong reaches the client as an error frame. Gives a promise only
 * for a login, which the frames behind it wait for.
 */
export const route = (connection: Connection, received: Received): Promise<void> | undefined => {
  if ('refused' in received) return refuse(connection, received)
  const { request } = received
  if (request.type === 'pong' || request.type === 'ping') {
    HANDLERS[request.type](connection, request as never)
    return undefined
  }
  if (isTaken(connection, request)) return void connection.close('duplicate_id')
  const handling = handle(connection, request)
  return request.type === 'auth' ? handling : undefined
}

const handle = (connection: Connection, request: Request): Promise<void> =>
  inSpan(
    {
      name: `ws ${request.type}`,
      kind: SpanKind.SERVER,
      parent: contextFrom(request.type === 'call' ? request.traceparent : undefined),
      attributes: { 'network.protocol.name': 'websocket', 'url.path': connection.door.path },
    },
    async () => {
      try {
        await HANDLERS[request.type](connection, request as never)
      } catch (error) {
        connection.refuse(error, 'id' in request ? request.id : undefined)
      }
    },
  )

/** What is not understood before a login is told to sign in first: that is the likelier mistake. */
const refuse = (
  connection: Connection,
  { refused, id, fatal }: { refused: Failure; id?: number; fatal?: boolean },
): undefined => {
  const isStranger = connection.login.userId === undefined && refused.code === 'unsupported'
  void inSpan(
    { name: 'ws refused', kind: SpanKind.SERVER, parent: contextFrom(undefined) },
    async () => connection.refuse(isStranger ? failure('unauthorized') : refused, id),
  )
  if (fatal) connection.close('not_a_frame')
}

const isTaken = ({ calls, subscriptions }: Connection, request: Request): boolean =>
  'id' in request &&
  request.type !== 'cancel' &&
  (calls.has(request.id) || subscriptions.has(request.id))
