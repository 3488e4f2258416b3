import { auth } from '@meshboard/contracts'
import {
  type Broker,
  type Message,
  PROVISIONER,
  type RunningService,
  type Runtime,
  type Service,
  connectBroker,
  encodeJson,
  processEnvironment,
  provision,
  startService,
} from '@meshboard/kit'
import type { Config } from '../src/config.ts'
import type { Deps } from '../src/deps.ts'
import { service as edge } from '../src/index.ts'
import { type Answers, fakeServices } from './fake-services.ts'
import { Ledger } from './ledger.ts'
import { Nats, passwordOf } from './nats.ts'
import { TestAuth } from './test-auth.ts'

const calling = { calls: [auth.procedures.jwks] }

interface StreamInfo {
  config: object
  state: { first_seq: number; last_seq: number }
}

/** Room for the million events of a full run. */
const STREAM_BYTES_MAX = 2 ** 31

/** A mesh of real parts around one edge: real broker and permissions, minimal services. */
export class EdgeMesh {
  readonly auth = new TestAuth()
  readonly answers: Answers = {}
  /** Whether a live copy gets lost between broker and edge, as when a stream's leader dies. */
  loses: (message: Message) => boolean = () => false
  readonly #running = new Map<string, RunningService>()
  readonly #brokers = new Map<string, Broker>()
  #services: readonly Service[] = []
  #nats: Nats | undefined

  static async start(env: Record<string, string> = {}): Promise<EdgeMesh> {
    const mesh = new EdgeMesh()
    mesh.#services = fakeServices(mesh.auth, mesh.answers).map((service) =>
      service.name === 'auth' ? service : { ...service, uses: calling },
    )
    mesh.#nats = await Nats.start([...mesh.#services, edge])
    const plans = mesh.#services.map(({ name, contract, consumers }) => ({
      service: name,
      contract,
      consumers,
    }))
    await provision(mesh.optionsOf(PROVISIONER), plans, {
      replicas: 1,
      bytesMax: STREAM_BYTES_MAX,
      acceptsLoss: true,
    })
    await Promise.all(mesh.#services.map((service) => mesh.startService(service)))
    await mesh.startEdge(env)
    return mesh
  }

  get nats(): Nats {
    if (!this.#nats) throw new Error('no broker')
    return this.#nats
  }

  get edge(): RunningService {
    const running = this.#running.get('edge')
    if (!running) throw new Error('no edge')
    return running
  }

  get deps(): Deps {
    return this.edge.deps as Deps
  }

  url(path: string): string {
    const { tlsCertFile } = (this.edge.runtime as Runtime<Config>).config
    const door = tlsCertFile === '' ? 'ws://127.0.0.1' : 'wss://localhost'
    return `${door}:${this.deps.port}${path}`
  }

  environmentOf(name: string): Record<string, string> {
    return {
      NATS_URL: this.nats.url,
      NATS_USER: name,
      NATS_PASSWORD: passwordOf(name),
      // Everything in a test shares one event loop: on a busy machine each service would shed for all.
      EVENT_LOOP_LAG_MAX_MS: '10000',
      LOG_LEVEL: processEnvironment()['TEST_LOG_LEVEL'] ?? 'silent',
    }
  }

  optionsOf(service: string) {
    const onFault = (error: Error) => {
      if (processEnvironment()['TEST_LOG_LEVEL'] !== undefined)
        process.stderr.write(`${service}: ${error.message}\n`)
    }
    return {
      servers: [this.nats.url],
      service,
      user: service,
      password: passwordOf(service),
      onFault,
    }
  }

  async startService(service: Service | string): Promise<void> {
    const found =
      typeof service === 'string' ? this.#services.find(({ name }) => name === service) : service
    if (!found) throw new Error(`no service ${String(service)}`)
    this.#running.set(found.name, await startService(found, this.environmentOf(found.name)))
  }

  async startEdge(env: Record<string, string> = {}): Promise<void> {
    const given = {
      ...this.environmentOf('edge'),
      EDGE_PORT: '0',
      EDGE_DRAIN_MS: '0',
      EDGE_ATTEMPTS_MAX: '1000',
      ...env,
    }
    const running = await startService(edge, given)
    const { broker } = running.runtime
    const subscribe = broker.subscribe.bind(broker)
    broker.subscribe = (subject, listener) =>
      subscribe(subject, (message) => (this.loses(message) ? undefined : listener(message)))
    this.#running.set('edge', running)
  }

  async stopService(name: string): Promise<void> {
    await this.#running.get(name)?.stop()
    this.#running.delete(name)
  }

  /** The broker as a service sees it. */
  async brokerOf(service: string): Promise<Broker> {
    const broker = this.#brokers.get(service) ?? (await connectBroker(this.optionsOf(service)))
    this.#brokers.set(service, broker)
    return broker
  }

  async ledger(userId: string): Promise<Ledger> {
    return new Ledger(await this.brokerOf('earnings'), userId)
  }

  /** Asks the broker's own API as who makes the streams. */
  async api(subject: string, request: object = {}): Promise<StreamInfo> {
    const broker = await this.brokerOf(PROVISIONER)
    const deadline = Date.now() + 5_000
    const answer = await broker.request(`$JS.API.STREAM.${subject}`, encodeJson(request), {
      deadline,
    })
    const info: StreamInfo & { error?: { description: string } } = JSON.parse(
      Buffer.from(answer.data).toString(),
    )
    if (info.error) throw new Error(`${subject}: ${info.error.description}`)
    return info
  }

  /** Has a stream forget all but its newest messages, as their age would. */
  async expire(stream: string, kept: number): Promise<void> {
    const { config } = await this.api(`INFO.${stream}`)
    await this.api(`UPDATE.${stream}`, { ...config, discard: 'old', max_msgs: kept })
    await this.api(`UPDATE.${stream}`, config)
  }

  /** Makes a stream anew, empty. */
  async recreate(stream: string): Promise<void> {
    const { config } = await this.api(`INFO.${stream}`)
    await this.api(`DELETE.${stream}`)
    await this.api(`CREATE.${stream}`, config)
  }

  /** What `/metrics` of the edge says of a measurement, all labels summed, or those with `label`. */
  async metric(name: string, label = ''): Promise<number> {
    const text = await this.edge.runtime.metrics.registry.metrics()
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .filter((line) => line.includes(label))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  }

  async stop(): Promise<void> {
    for (const name of ['edge', ...this.#services.map((service) => service.name)]) {
      await this.stopService(name)
    }
    for (const broker of this.#brokers.values()) await broker.close()
    await this.#nats?.stop()
  }
}
