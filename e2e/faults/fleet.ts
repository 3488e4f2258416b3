import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { services } from '@meshboard/deploy'
import { PROVISIONER } from '@meshboard/kit'
import {
  type TestBroker,
  type TestMesh,
  type TestUser,
  type TokenSigner,
  createTokenSigner,
  freePort,
  startTestMeshOn,
} from '@meshboard/testkit'
import { auditLedgerAt } from '../ledger-audit.ts'
import { type Front, startFront } from './front.ts'
import type { Instance, Launch } from './instance.ts'

/** A place in the mesh that one copy of a service fills at a time. */
export interface Place<I extends Instance = Instance> {
  readonly name: string
  readonly env: Readonly<Record<string, string>>
  readonly opsPort: number
  /** Of a door; 0 of what is none. */
  readonly port: number
  running: I | undefined
}

export interface FleetOptions<Nats extends TestBroker, I extends Instance> {
  nats: Nats
  /** Copies of each stream. */
  replicas: number
  /** Copies of each service. */
  copies: number
  launch: Launch<I>
  /** What all services are told besides. */
  env?: Record<string, string>
}

const DOORS: Readonly<Record<string, string>> = { edge: 'EDGE_PORT', gateway: 'GATEWAY_PORT' }
/** Where the test mesh is smaller than one in use. */
const USUAL = { DATABASE_CONNECTIONS_MAX: '10' }
const WINDOW_MS = 10 * 60_000
const TOKEN_SECONDS = 3_600

/** Every service of the mesh, each so many times, with a front before its doors. */
export class Fleet<Nats extends TestBroker = TestBroker, I extends Instance = Instance> {
  readonly mesh: TestMesh<Nats>
  readonly places: readonly Place<I>[]
  readonly #launch: Launch<I>
  readonly #signer: TokenSigner
  readonly #folder: string
  readonly #fronts = new Map<string, Front>()

  private constructor(parts: {
    mesh: TestMesh<Nats>
    places: readonly Place<I>[]
    launch: Launch<I>
    signer: TokenSigner
    folder: string
  }) {
    this.mesh = parts.mesh
    this.places = parts.places
    this.#launch = parts.launch
    this.#signer = parts.signer
    this.#folder = parts.folder
  }

  static async start<N extends TestBroker, J extends Instance>(
    options: FleetOptions<N, J>,
  ): Promise<Fleet<N, J>> {
    const { nats, replicas, copies, launch, env = {} } = options
    const mesh = await startTestMeshOn(nats, { replicas, dedupeMs: WINDOW_MS })
    const signer = await createTokenSigner()
    const folder = await mkdtemp(join(tmpdir(), 'meshboard-fleet-'))
    await writeFile(join(folder, 'auth.pem'), signer.pem, { mode: 0o600 })
    const more = {
      ...USUAL,
      ...env,
      AUTH_SIGNING_KEY_FILES: join(folder, 'auth.pem'),
      EDGE_TICKET_SECRET: randomBytes(32).toString('hex'),
    }
    const names = Array.from({ length: copies }, () => services.map(({ name }) => name)).flat()
    const toPlace = async (name: string) =>
      placeOf<J>(name, { ...mesh.environmentOf(name), ...more })
    const places = await Promise.all(names.map(toPlace))
    const fleet = new Fleet<N, J>({ mesh, places, launch, signer, folder })
    await Promise.all(places.map((place) => fleet.fill(place)))
    for (const door of Object.keys(DOORS))
      fleet.#fronts.set(door, await startFront(places.filter(({ name }) => name === door)))
    return fleet
  }

  get gatewayUrl(): string {
    return `http://127.0.0.1:${this.#fronts.get('gateway')?.port}`
  }

  get edgeUrl(): string {
    return `ws://127.0.0.1:${this.#fronts.get('edge')?.port}`
  }

  /** Somebody who is signed in for an hour. */
  user(): Promise<TestUser> {
    return this.#signer.user({ seconds: TOKEN_SECONDS })
  }

  /** Starts a copy in an empty place. */
  async fill(place: Place<I>): Promise<void> {
    place.running = await this.#launch(place.name, { ...place.env })
  }

  /** Stops the copy in a place, as SIGTERM does. */
  async clear(place: Place<I>): Promise<void> {
    await place.running?.stop()
    place.running = undefined
  }

  /** What must hold of points and events, once nothing is on its way any more. */
  audit(): Promise<void> {
    const { nats, adminUrl } = this.mesh
    const password = nats.passwordOf(PROVISIONER)
    return auditLedgerAt({ databaseUrl: adminUrl, natsUrl: nats.url, natsPassword: password })
  }

  /** How many events of a user's ledger there are; all of them once `audit` is done. */
  async creditsOf(): Promise<(userId: string) => number> {
    const rows: { key: string; n: string }[] = await this.mesh
      .admin('earnings.channel_numbers')
      .where({ topic: 'ledger' })
      .select('key', 'n')
    const counts = new Map(rows.map(({ key, n }) => [key, Number(n)]))
    return (userId) => counts.get(userId) ?? 0
  }

  async stop(): Promise<void> {
    for (const front of this.#fronts.values()) await front.stop()
    await Promise.all(this.places.map((place) => this.clear(place)))
    await this.mesh.stop()
    await rm(this.#folder, { recursive: true })
  }
}

const placeOf = async <I extends Instance>(
  name: string,
  env: Record<string, string>,
): Promise<Place<I>> => {
  const [opsPort, port] = [await freePort(), name in DOORS ? await freePort() : 0]
  const door = DOORS[name]
  const ports = { OPS_PORT: `${opsPort}`, ...(door !== undefined && { [door]: `${port}` }) }
  return { name, env: { ...env, ...ports }, opsPort, port, running: undefined }
}
