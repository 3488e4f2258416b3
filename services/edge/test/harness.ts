import { type ChildProcess, spawn } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  ACCESS_TOKEN,
  AUDIENCE,
  HEADERS,
  type Procedure,
  auth,
  challengeMessage,
  earnings,
  eventSubject,
  failure,
  filterHeader,
  network,
  signedTimeMessage,
  streamName,
} from '@meshboard/contracts'
import {
  type Broker,
  type CallContext,
  PROVISIONER,
  type RunningService,
  type Service,
  connectBroker,
  defineConfig,
  defineService,
  encodeJson,
  handler,
  newId,
  permissionsConfig,
  provision,
  startService,
} from '@meshboard/kit'
import type { Deps } from '../src/deps.ts'
import { service as edge } from '../src/index.ts'

/** Looks every few milliseconds until there is something. */
export const until = async <T>(look: () => T | undefined | false, ms = 5_000): Promise<T> => {
  const end = Date.now() + ms
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end) throw new Error(`it did not come within ${ms} ms`)
    await sleep(5)
  }
}

const passwordOf = (user: string): string => `test_${user}`

/** A real nats-server with the generated permissions, on a free port and a folder of its own. */
export class Nats {
  readonly #folder: string
  readonly #users: readonly string[]
  #process: ChildProcess | undefined
  port = -1

  private constructor(folder: string, users: readonly string[]) {
    this.#folder = folder
    this.#users = users
  }

  static async start(services: readonly Service[]): Promise<Nats> {
    const folder = await mkdtemp(join(tmpdir(), 'edge-nats-'))
    const nats = new Nats(folder, [PROVISIONER, ...services.map(({ name }) => name)])
    const rights = services.map((service) => ({ ...service, service: service.name }))
    await writeFile(join(folder, 'permissions.conf'), permissionsConfig(rights))
    await nats.launch()
    return nats
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`
  }

  async launch(): Promise<void> {
    const folder = this.#folder
    const head = `host: 127.0.0.1\nport: ${this.port}\njetstream { store_dir: "${folder}/data" }\n`
    const config = `${head}ports_file_dir: "${folder}"\ninclude "permissions.conf"\n`
    await writeFile(join(folder, 'server.conf'), config)
    const binary = process.env['NATS_SERVER_BIN'] ?? (await findServer())
    const server = spawn(binary, ['-c', join(folder, 'server.conf')], {
      env: Object.fromEntries(
        this.#users.map((user) => [`NATS_PASSWORD_${user.toUpperCase()}`, passwordOf(user)]),
      ),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#process = server
    let log = ''
    server.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
    await until(() => {
      if (server.exitCode !== null) throw new Error(`nats-server ended:\n${log}`)
      return log.includes('Server is ready')
    })
    const file = (await readdir(folder)).find((name) => name.endsWith(`_${server.pid}.ports`))
    const ports: { nats: string[] } = JSON.parse(await readFile(join(folder, file ?? ''), 'utf8'))
    this.port = Number(new URL(ports.nats[0] ?? '').port)
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const server = this.#process
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    await ended
  }

  async stop(): Promise<void> {
    await this.kill('SIGTERM')
    await rm(this.#folder, { recursive: true, force: true })
  }
}

const findServer = async (): Promise<string> => {
  const servers = new URL('../../../.mesh/servers', import.meta.url).pathname
  const found = await readdir(servers, { recursive: true }).catch(() => [])
  const path = found.find((name) => name.endsWith('bin/nats-server'))
  return path === undefined ? 'nats-server' : join(servers, path)
}

/** A key pair of a client, and the user behind it. */
export class TestKey {
  readonly #pair = generateKeyPairSync('ed25519')
  readonly publicKey = this.#pair.publicKey
    .export({ format: 'der', type: 'spki' })
    .subarray(-32)
    .toString('hex')

  sign(message: Uint8Array): string {
    return sign(null, message, this.#pair.privateKey).toString('hex')
  }

  signChallenge(welcome: { challenge?: string; now?: string }): { signature: string } {
    const signed = {
      audience: AUDIENCE,
      purpose: 'login',
      publicKey: this.publicKey,
      challenge: welcome.challenge ?? '',
      serverEpochMs: Date.parse(welcome.now ?? ''),
    } as const
    return { signature: this.sign(challengeMessage(signed)) }
  }

  signTime(timestamp: number, nonce: string): string {
    return this.sign(signedTimeMessage(timestamp, nonce))
  }
}

const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/** What stands in for auth: who has which key; real signatures, real tokens, no database. */
export class TestAuth {
  readonly #keys = generateKeyPairSync('ed25519')
  readonly users = new Map<string, string>()
  readonly sessions: { session_id: string; renewed: boolean; address?: string }[] = []
  tokenSeconds = 300
  /** Set: every login fails with it. */
  failing: Error | undefined

  /** Registers a new user's key. */
  enroll(): { key: TestKey; userId: string } {
    const key = new TestKey()
    const userId = newId('user')
    this.users.set(key.publicKey, userId)
    return { key, userId }
  }

  get jwk() {
    const { x = '' } = this.#keys.publicKey.export({ format: 'jwk' })
    return { kty: 'OKP', crv: 'Ed25519', x, kid: 'k1', alg: 'EdDSA', use: 'sig' } as const
  }

  token(userId: string, { sessionId = newId('session'), seconds = this.tokenSeconds } = {}): string {
    const now = Math.floor(Date.now() / 1000)
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const head = part({ alg: 'EdDSA', typ: ACCESS_TOKEN.type, kid: 'k1' })
    const body = part({
      iss: ACCESS_TOKEN.issuer,
      aud: ACCESS_TOKEN.audience,
      sub: userId,
      sid: sessionId,
      roles: ['user'],
      jti: newId('event'),
      iat: now,
      exp: now + seconds,
    })
    const signature = sign(null, Buffer.from(`${head}.${body}`), this.#keys.privateKey)
    return `${head}.${body}.${signature.toString('base64url')}`
  }

  async open({ input, fail }: CallContext<typeof auth.procedures.openSession>) {
    if (this.failing) throw this.failing
    const { public_key: publicKey, proof } = input
    const key = createPublicKey({
      key: Buffer.concat([SPKI, Buffer.from(publicKey, 'hex')]),
      format: 'der',
      type: 'spki',
    })
    const message =
      proof.kind === 'challenge'
        ? challengeMessage({
            audience: AUDIENCE,
            purpose: 'login',
            publicKey,
            challenge: proof.challenge,
            serverEpochMs: proof.server_epoch_ms,
          })
        : signedTimeMessage(proof.timestamp, proof.nonce)
    if (!verify(null, message, key, Buffer.from(proof.signature, 'hex'))) fail('invalid_signature')
    const userId = this.users.get(publicKey) ?? fail('unknown_key')
    const sessionId = input.session_id ?? newId('session')
    this.sessions.push({
      session_id: sessionId,
      renewed: input.session_id !== undefined,
      ...(input.address !== undefined && { address: input.address }),
    })
    return {
      user_id: userId,
      session_id: sessionId,
      access_token: this.token(userId, { sessionId }),
      expires_at: new Date(Date.now() + this.tokenSeconds * 1000).toISOString(),
    }
  }
}

type Answer = (context: CallContext<Procedure>) => unknown

/** What stands in for network and earnings: answers given by the test, by the procedure's name. */
export type Answers = Record<string, Answer>

const isAway: Answer = () => {
  throw failure('unavailable')
}

const fakeServices = (authority: TestAuth, answers: Answers): readonly Service[] => {
  const common = { config: defineConfig({}), uses: { calls: [] }, open: async () => ({}) }
  const answering = (procedures: Record<string, Procedure>): never =>
    Object.fromEntries(
      Object.entries(procedures).map(([name, procedure]) => [
        name,
        handler(procedure, async (context) => (answers[procedure.name] ?? isAway)(context) as never),
      ]),
    ) as never
  return [
    defineService({
      ...common,
      contract: auth,
      procedures: {
        ...(answering(auth.procedures) as object),
        openSession: handler(auth.procedures.openSession, (context) => authority.open(context)),
        jwks: handler(auth.procedures.jwks, async () => ({ keys: [authority.jwk] })),
      } as never,
    }),
    defineService({ ...common, contract: network, procedures: answering(network.procedures) }),
    defineService({ ...common, contract: earnings, procedures: answering(earnings.procedures) }),
  ]
}

const calling = { calls: [auth.procedures.jwks] }

/** Events of one user's ledger as earnings would store them. */
export class Ledger {
  readonly userId: string
  readonly #broker: Broker
  n = 0

  constructor(broker: Broker, userId: string) {
    this.#broker = broker
    this.userId = userId
  }

  get subject(): string {
    return eventSubject('earnings', 'ledger', this.userId)
  }

  /** Stores the next event; gives its position. */
  async credit({
    source = 'network',
    n = (this.n += 1),
    headers = {},
    filler = '',
  }: {
    source?: string
    n?: number
    headers?: Record<string, string>
    filler?: string
  } = {}): Promise<number> {
    const data = {
      entry_id: newId('entry'),
      user_id: this.userId,
      amount: '0.986000',
      source,
      balance: `${n}.000000`,
      timestamp: new Date().toISOString(),
      ...(filler !== '' && { filler }),
    }
    const stored = await this.#broker.store(streamName('earnings'), this.subject, encodeJson(data), {
      id: newId('event'),
      headers: {
        [HEADERS.event]: earnings.events.credited.name,
        [HEADERS.n]: String(n),
        [HEADERS.time]: new Date().toISOString(),
        [filterHeader('source')]: source,
        ...headers,
      },
      deadline: Date.now() + 5_000,
    })
    return stored.seq
  }
}

/** A mesh of real parts around one edge: real broker and permissions, minimal services. */
export class EdgeMesh {
  readonly auth = new TestAuth()
  readonly answers: Answers = {}
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
      consumers,
      ...(contract && { contract }),
    }))
    await provision(mesh.optionsOf(PROVISIONER), plans, { replicas: 1 })
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
    return `ws://127.0.0.1:${this.deps.port}${path}`
  }

  environmentOf(name: string): Record<string, string> {
    return {
      NATS_URL: this.nats.url,
      NATS_USER: name,
      NATS_PASSWORD: passwordOf(name),
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    }
  }

  optionsOf(service: string) {
    const onFault = (error: Error) => {
      if (process.env['TEST_LOG_LEVEL'] !== undefined) console.error(service, error)
    }
    return { servers: this.nats.url, service, user: service, password: passwordOf(service), onFault }
  }

  async startService(service: Service | string): Promise<void> {
    const found =
      typeof service === 'string' ? this.#services.find(({ name }) => name === service) : service
    if (!found) throw new Error(`no service ${String(service)}`)
    this.#running.set(found.name, await startService(found, this.environmentOf(found.name)))
  }

  async startEdge(env: Record<string, string> = {}): Promise<void> {
    const given = { ...this.environmentOf('edge'), EDGE_PORT: '0', EDGE_DRAIN_MS: '0', ...env }
    this.#running.set('edge', await startService(edge, given))
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

  /** What `/metrics` of the edge says of a measurement, all labels summed. */
  async metric(name: string): Promise<number> {
    const text = await this.edge.runtime.metrics.registry.metrics()
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
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
