// A client and what it is made from.
export { createClient } from './create-client.ts'
export type { CallOptions, Client, ClientCore, ClientEvents, SessionInfo } from './client.ts'
export type { ClientOptions, Credentials, ReconnectOptions } from './options.ts'
export type { StateName } from './transitions.ts'

// What it watches and calls, typed from the contracts.
export type { Gap, Watch, WatchOptions } from './watch.ts'
export type {
  CallArguments,
  CallsOf,
  ChannelEvent,
  Position,
  ProcedureName,
  ProcedureOf,
  SnapshotOf,
  TypedCalls,
} from './mesh-types.ts'

// Keys and accounts.
export { type Key, generateKey, keyFromSeed } from './keys.ts'
export {
  type GatewayOptions,
  type NewAccount,
  type RegisteredSession,
  type Session,
  register,
  signIn,
} from './accounts.ts'

// The port to the network, for another kind of socket.
export type { Socket, SocketListener, SocketTarget, Transport } from './transports/transport.ts'

// The kind of every expected error.
export { Failure } from '@meshboard/contracts/client'
