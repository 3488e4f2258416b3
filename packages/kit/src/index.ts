// What a service is made of.
export {
  type AnyConsumer,
  type CallContext,
  type CallerOf,
  type Consumer,
  type DoorSpec,
  type Handler,
  type Opening,
  type Received,
  type Runtime,
  type Service,
  type ServiceSpec,
  type Task,
  defineDoor,
  defineService,
  handler,
} from './define-service.ts'
export { runService } from './run-service.ts'
export { type RunningService, type StartOptions, startService } from './start-service.ts'
export { publishSpan } from './span-attributes.ts'
export { sentenceOf } from './start-fault.ts'
export type { Persist, Waited } from './start-waiting.ts'
export { type BaseConfig, baseConfig, brokerTls } from './base-config.ts'
export {
  ConfigFailure,
  type ConfigOf,
  type ConfigSchema,
  type Environment,
  Secret,
  type Shape,
  type Variable,
  choice,
  defineConfig,
  integer,
  list,
  processEnvironment,
  readConfig,
  secret,
  text,
  url,
} from './config.ts'
export { type FaultPoint, faultPoint } from '#fault-point'
export { contractHash } from './contract-hash.ts'
export { versionOf } from './discovery.ts'
export { newId } from './ids.ts'
export { type SendSignal, createSignals } from './signals.ts'
export type { Caller } from './access-token.ts'
export { type Logger, createLogger } from './logger.ts'
export { type Metrics, createMetrics } from './metrics.ts'
export { type Exposition, expose } from './metrics-text.ts'
export type { CallOptions } from './rpc-call.ts'
export { type RpcClient, createRpcClient } from './rpc-client.ts'
export { type OpsCheck, type OpsOptions, type OpsServer, startOpsServer } from './ops-server.ts'
export { type ActiveCall, activeCall, isOver, withActiveCall } from './active-call.ts'
export { type Backoff, delayBefore, persist } from './backoff.ts'
export { decodeJson, encodeJson } from './json.ts'
export { type Validate, compileValidation } from './validate.ts'
export {
  type Span,
  SpanKind,
  type SpanSpec,
  SpanStatusCode,
  activeTraceId,
  activeTraceparent,
  contextFrom,
  endSpan,
  failActiveSpan,
  inSpan,
  startChildSpan,
} from './telemetry.ts'

// The broker, as the kit sees it.
export {
  type Broker,
  BrokerError,
  type BrokerFault,
  type Delivery,
  type HeaderValues,
  type Message,
  type Running,
  type Stored,
  type StoredEvents,
  type StreamPosition,
  type StreamSize,
} from './broker/broker.ts'
export type { BrokerOptions, BrokerTls } from './broker/connection-options.ts'
export { connectBroker } from './broker/nats.ts'
export { connectOperator } from './broker/nats-operator.ts'
export type {
  DurableReport,
  Operator,
  ReadFrom,
  StoredMessage,
  StreamReport,
} from './broker/operator.ts'
export { type BrokerExtras, PROVISIONER, permissionsConfig } from './broker/permissions.ts'
export { type Allowed, OPERATOR, type Rights, type Uses, rightsOf } from './broker/rights.ts'
export type { BrokerPlan } from './broker/durables.ts'
export {
  type BrokerChange,
  type BrokerDifference,
  type Leftover,
  type Place,
  type Provisioner,
  connectProvisioner,
  provision,
} from './broker/provisioner.ts'
export type { SettingChange } from './broker/differences.ts'
export type { StreamHealth } from './broker/stream-health.ts'
export type { StreamSettings } from './broker/streams.ts'
export {
  type BrokerSystem,
  SYSTEM_USER,
  type ServerReport,
  connectSystem,
} from './broker/system.ts'
export { type SavedStream, type StreamVault, openVault } from './broker/vault.ts'
export { INBOX_KEPT_DAYS, OUTBOX_KEPT_DAYS } from './kept.ts'

// TLS: of the doors, and towards what is inside.
export { type DoorConfig, doorConfig } from './tls/door-config.ts'
export { type DoorServerParts, createDoorServer, speaksTls } from './tls/door-server.ts'
export { httpsRedirect } from './tls/https-redirect.ts'
export { readCertificates } from './tls/pem-files.ts'
export { type StrictTransport, strictTransport } from './tls/strict-transport.ts'
export { tlsFault } from './tls/tls-fault.ts'

// Limits that hold over all instances.
export { countedAddress } from './rate-limit/counted-address.ts'
export { createMemoryRateLimiter } from './rate-limit/memory-rate-limiter.ts'
export type { RateLimit, RateLimiter, Verdict } from './rate-limit/rate-limiter.ts'
export {
  type Redis,
  type RedisOptions,
  openRedis,
  redisCaFile,
  redisUrl,
} from './rate-limit/redis.ts'
export { type RedisReport, certificateEnd, inspectRedis } from './rate-limit/inspect-redis.ts'
export { createRedisRateLimiter } from './rate-limit/redis-rate-limiter.ts'
