import {
  type DataOf,
  type EventDeclaration,
  Failure,
  HEADERS,
  type InputOf,
  type OutputOf,
  type Procedure,
  eventSubject,
  filterHeader,
  serviceOf,
  streamName,
} from '@meshboard/contracts'
import { services } from '@meshboard/deploy'
import {
  type Broker,
  type RpcClient,
  type RunningService,
  type Service,
  OPERATOR,
  createMetrics,
  createRpcClient,
  encodeJson,
  newId,
  startService,
} from '@meshboard/kit'
import type { Knex } from 'knex'
import { finishesCleanly } from './finishes-cleanly.ts'
import { connectAs } from './connect-as.ts'
import { isQuiet } from './is-quiet.ts'
import { type Issuer, startIssuer } from './issuer.ts'
import type { TestUser } from './token-signer.ts'
import type { NatsServer, TestBroker } from './nats-server.ts'
import type { TestDatabase } from './postgres.ts'
import type { StreamReader } from './stream-reader.ts'
import { until } from './until.ts'

/** An event as a test gives it; what is absent is made up. */
export interface Delivering {
  id?: string
  n?: number
  /** Stored although the stream has had this id: waits for the end of the dedupe window. */
  again?: boolean
  /** Told in place of the event's own name, as of another version. */
  name?: string
}

/**
 * A mesh for one test file: a broker with the generated permissions, all streams and durables, and a
 * database with all schemas. Services are started in it as they would be anywhere.
 */
export class TestMesh<Nats extends TestBroker = NatsServer> {
  readonly nats: Nats
  readonly #database: TestDatabase
  readonly #dedupeMs: number
  readonly #brokers = new Map<string, Broker>()
  readonly #running: RunningService[] = []
  readonly #numbers = new Map<string, number>()
  readonly #rpc: RpcClient
  readonly #streams: StreamReader
  #issuer: Issuer | undefined

  constructor(parts: {
    nats: Nats
    database: TestDatabase
    broker: Broker
    streams: StreamReader
    dedupeMs: number
  }) {
    this.nats = parts.nats
    this.#dedupeMs = parts.dedupeMs
    this.#database = parts.database
    this.#streams = parts.streams
    this.#brokers.set(OPERATOR, parts.broker)
    this.#rpc = createRpcClient(parts.broker, createMetrics('test'))
  }

  /** This file's database, seen by its superuser. */
  get admin(): Knex {
    return this.#database.admin
  }

  /** The URL behind `admin`. */
  get adminUrl(): string {
    return this.#database.adminUrl
  }

  /** Starts a real service in this process: its own broker user, its own database role. */
  async start(service: Service, env: Record<string, string> = {}): Promise<RunningService> {
    const running = await startService(service, { ...this.environmentOf(service.name), ...env })
    this.#running.push(running)
    return running
  }

  /** What a service's process would find in its environment. */
  environmentOf(service: string): Record<string, string> {
    return {
      NATS_URL: this.nats.url,
      NATS_USER: service,
      NATS_PASSWORD: this.nats.passwordOf(service),
      DATABASE_URL: this.#database.urlFor(service),
      DATABASE_CONNECTIONS_MAX: '4',
      // Everything in a test shares one event loop: on a busy machine each service would shed for all.
      EVENT_LOOP_LAG_MAX_MS: '10000',
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    }
  }

  /** Somebody who is signed in; not for tests in which auth itself runs. */
  async user(overrides?: Parameters<Issuer['user']>[0]): Promise<TestUser> {
    this.#issuer ??= await startIssuer(await this.brokerOf('auth'))
    return this.#issuer.user(overrides)
  }

  /** The broker as a service sees it, with that service's rights. */
  async brokerOf(service: string): Promise<Broker> {
    let broker = this.#brokers.get(service)
    if (!broker) this.#brokers.set(service, (broker = await connectAs(this.nats, service)))
    return broker
  }

  /** Calls a procedure, for `caller` if given. */
  call<P extends Procedure>(
    ...[procedure, input, caller]: [P, InputOf<P>, TestUser?]
  ): Promise<OutputOf<P>> {
    return this.#rpc.call(procedure, input, caller && { token: caller.token })
  }

  /** The failure a call ends with; throws when it succeeds. */
  async callFails<P extends Procedure>(...args: [P, InputOf<P>, TestUser?]): Promise<Failure> {
    try {
      await this.call(...args)
    } catch (error) {
      if (error instanceof Failure) return error
      throw error
    }
    throw new Error(`${args[0].name} was expected to fail`)
  }

  /** Stores an event as its service would, and waits until every consumer that runs has dealt with it. */
  async deliver<E extends EventDeclaration>(...args: [E, DataOf<E>, Delivering?]): Promise<string> {
    const id = await this.store(...args)
    await this.settled()
    return id
  }

  /** Stores an event as its service would. Gives its id. */
  async store<E extends EventDeclaration>(
    ...[event, data, given = {}]: [E, DataOf<E>, Delivering?]
  ): Promise<string> {
    const id = given.id ?? newId('event')
    if (given.again) await new Promise((resume) => setTimeout(resume, this.#dedupeMs + 50))
    const service = serviceOf(event.name)
    const fields = data as Record<string, unknown>
    const key = event.key === 'all' ? 'all' : String(fields[event.key])
    const subject = eventSubject(service, event.topic, key)
    const n = given.n ?? (this.#numbers.get(subject) ?? 0) + 1
    this.#numbers.set(subject, Math.max(n, this.#numbers.get(subject) ?? 0))
    const broker = await this.brokerOf(service)
    const headers = {
      [HEADERS.event]: given.name ?? event.name,
      [HEADERS.n]: String(n),
      [HEADERS.time]: new Date().toISOString(),
      ...(event.stateKey !== undefined && { [HEADERS.stateKey]: String(fields[event.stateKey]) }),
      ...Object.fromEntries(
        event.filters.map((name) => [filterHeader(name), String(fields[name])]),
      ),
    }
    const { duplicate } = await broker.store(streamName(service), subject, encodeJson(data), {
      id,
      headers,
      deadline: Date.now() + 5_000,
    })
    if (duplicate) throw new Error(`the broker still knew ${id}; give { again: true }`)
    return id
  }

  /** The data of every stored event of that name, in order, once all outboxes are empty. */
  async published<E extends EventDeclaration>(event: E): Promise<DataOf<E>[]> {
    await this.settled()
    const stored = await this.#streams.read(streamName(serviceOf(event.name)))
    return stored.filter(({ name }) => name === event.name).map(({ data }) => data as DataOf<E>)
  }

  /**
   * Waits until nothing is on its way: every outbox sent, every delivery to a running consumer ended.
   * @throws when something still is after `ms`, 30 s unless told
   */
  async settled({ ms = 30_000 }: { ms?: number } = {}): Promise<void> {
    const names = this.#running.map(({ runtime }) => runtime.service)
    const stateful = names.filter((name) =>
      services.some((service) => service.name === name && service.contract !== undefined),
    )
    const quiet = { database: this.admin, streams: this.#streams, services: names, stateful }
    // While the broker is away nobody can say that nothing is on its way.
    await until(() => isQuiet(quiet).catch(() => false), {
      ms,
      late: `events of ${names.join(', ')} are still on their way`,
    })
  }

  /** Stops everything. Throws when something was left behind: an event, a delivery, a connection. */
  async stop(): Promise<void> {
    try {
      await finishesCleanly({
        settled: () => this.settled(),
        services: this.#running.splice(0).toReversed(),
      })
    } finally {
      await this.#issuer?.stop()
      for (const broker of this.#brokers.values()) await broker.close()
      await this.#streams.close()
      await this.nats.stop()
      await this.#database.drop()
    }
  }
}
