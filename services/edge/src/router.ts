import { type Failure, failure } from '@meshboard/contracts'
import { SpanKind, contextFrom, inSpan } from '@meshboard/kit'
import type { Connection } from './connection.ts'
import { DEVICE_REQUESTS } from './device.ts'
import type { Received, Request } from './frames.ts'

type Handlers = {
  readonly [T in Exclude<Request['type'], 'ping' | 'pong'>]: (
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
  connect: ({ device }, request) => device.handle(request),
  heartbeat: ({ device }, request) => device.handle(request),
  disconnect: ({ device }, request) => device.handle(request),
}

/** What the frames behind it wait for. */
const GOES_FIRST: ReadonlySet<string> = new Set(['auth', ...DEVICE_REQUESTS])

const NOT_A_FRAME: Received = { refused: failure('message_parse_error'), fatal: true }

/** Has the frames of a message handled. Gives a promise when what follows must wait for it. */
export const receive = (connection: Connection, text: string): Promise<void> | undefined => {
  const frames = connection.door.dialect.decode(text) ?? [NOT_A_FRAME]
  connection.count(frames.length)
  return routeFrom(connection, frames, 0)
}

/** One after the other; after a frame that goes first the next waits until that is done. */
const routeFrom = (
  ...[connection, frames, start]: [Connection, readonly Received[], number]
): Promise<void> | undefined => {
  for (const [offset, frame] of frames.slice(start).entries()) {
    if (connection.isClosed) return undefined
    const done = route(connection, frame)
    if (done) return done.then(() => routeFrom(connection, frames, start + offset + 1))
  }
  return undefined
}

/**
 * Has a frame handled; whatever goes wrong reaches the client as an error frame. Gives a promise only
 * for what goes first.
 */
const route = (connection: Connection, received: Received): Promise<void> | undefined => {
  if ('refused' in received) return refuse(connection, received)
  const { request } = received
  if (request.type === 'pong') return takePong(connection)
  if (request.type === 'ping') return answerPing(connection)
  if (isTaken(connection, request)) return closeForDuplicate(connection)
  const handling = handle(connection, request)
  return GOES_FIRST.has(request.type) ? handling : undefined
}

const answerPing = (connection: Connection): undefined => {
  const { pong } = connection.door.dialect
  if (pong !== undefined) connection.sendText(pong)
}

const takePong = (connection: Connection): undefined => {
  connection.deps.heartbeat.answered(connection)
}

const closeForDuplicate = (connection: Connection): undefined => {
  connection.close('duplicate_id')
}

type Handled = Exclude<Request, { type: 'ping' | 'pong' }>

const handle = (connection: Connection, request: Handled): Promise<void> =>
  inSpan(
    {
      name: `ws ${request.type}`,
      kind: SpanKind.SERVER,
      parent: contextFrom('traceparent' in request ? request.traceparent : undefined),
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
