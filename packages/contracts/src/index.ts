// What a service declares.
export {
  type Access,
  type Channel,
  type Contract,
  type EventDeclaration,
  type Priority,
  type Procedure,
  channel,
  contract,
  event,
  procedure,
} from './define.ts'
export { type Signal, signal } from './signal.ts'
export type { Deprecable, Deprecation } from './deprecation.ts'
export type { AccessOf, CodeOf, DataOf, InputOf, OutputOf } from './declared-types.ts'
export { localName, majorOf, sameEventOtherMajor, serviceOf } from './names.ts'
export {
  type ChannelName,
  type Mesh,
  type PlacedChannel,
  allContracts,
  contracts,
  findChannel,
  findProcedure,
} from './mesh.ts'
export {
  EVENT_ROWS,
  type EventRow,
  METRICS_ROW,
  allWatches,
  eventWatches,
  metricsWatches,
} from './watch-table.ts'
export { Session, auth } from './auth.ts'
export { Entry, Source, earnings } from './earnings.ts'
export { NetworkConnection, Quality, network } from './network.ts'
export { Notification, notification } from './notification.ts'
export { Referral, referral } from './referral.ts'
export { User, user } from './user.ts'
export { StreamState, streamState } from './stream-state.ts'

// What travels.
export {
  ANY_CALL,
  type CommonCode,
  FAILURES,
  Failure,
  type FailureDetails,
  type FailureEnvelope,
  type FailureSpec,
  type Retry,
  failure,
  failures,
} from './failure.ts'
export { DEAD_HEADERS, HEADERS, REPLAY_HEADER, SERVICE_ERROR, filterHeader } from './envelope.ts'
export { MICROS_PER_POINT, toMicros, toPoints } from './points.ts'
export {
  AUDIENCE,
  SIGNED_TIME_WINDOW,
  type SignedChallenge,
  type SigningPurpose,
  challengeMessage,
  signedTimeMessage,
} from './signing.ts'
export {
  AccessToken,
  AlertId,
  Challenge,
  ConnectionId,
  Cursor,
  DeviceId,
  Email,
  EntryId,
  EventId,
  ID_PREFIXES,
  IdempotencyKey,
  Label,
  NotificationId,
  PageSize,
  Password,
  Points,
  PublicKey,
  ReferralCode,
  ReferralId,
  RefreshToken,
  Score,
  SessionId,
  Severity,
  Signature,
  Ticket,
  Timestamp,
  UserId,
  Username,
} from './values.ts'

export { ACCESS_TOKEN, ROLES, type Role } from './token.ts'

// Between a client and the edge.
export { ClientFrame, type ClientFrameOf, Position } from './client-frame.ts'
export { EdgeLimits, GapReason, ServerFrame, type ServerFrameOf } from './edge-protocol.ts'
export { SUBPROTOCOL } from './subprotocol.ts'
export { type AfterClose, CLOSE_CODES, afterClose } from './close-codes.ts'

// Between the kit, the broker and the tools.
export { covers } from './covers.ts'
export {
  type EventPattern,
  ADVISORY_STREAM,
  DISCOVERY_VERBS,
  ALL_CANCELS,
  ALL_PROCEDURES,
  AUDIT_STREAM,
  CANARIES,
  DEAD_STREAM,
  FEEDS,
  NOBODYS,
  REDRIVE_STREAM,
  REPUBLISH,
  SIGNALS,
  advisoryDurable,
  auditSubject,
  canarySubject,
  cancelSubject,
  deadSubject,
  discoverySubjects,
  durableName,
  eventPattern,
  eventSubject,
  eventSubjects,
  exhaustedSubject,
  feedPattern,
  feedSubject,
  feedSubjects,
  inboxPrefix,
  isInbox,
  isReplySubject,
  leaderElectedSubject,
  ownSignals,
  parseDeadSubject,
  parseEventSubject,
  redriveDurable,
  redriveSubject,
  redriveSubjects,
  rpcSubject,
  rpcSubjects,
  signalSubject,
  signalSubjects,
  storedSubject,
  streamName,
  topicSubjects,
} from './subjects.ts'
export { subjectToken } from './subject-token.ts'

// What documents are generated from and compatibility is judged by.
export {
  type BreakingChange,
  breakingChanges,
  breakingEdgeChanges,
  contractBreaks,
  edgeBreaks,
  sentenceOf,
} from './breaking-changes.ts'
export { additiveChanges } from './additive-changes.ts'
export {
  type ChannelDescription,
  type ContractDescription,
  type EdgeDescription,
  type EventDescription,
  type JsonSchema,
  type ProcedureDescription,
  type SignalDescription,
  describeContract,
  describeEdgeProtocol,
} from './describe.ts'
