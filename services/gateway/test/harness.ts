import type { AddressInfo } from 'node:net'
import { type RunningService, type Runtime, startService } from '@meshboard/kit'
import type { GatewayConfig } from '../src/config.ts'
import type { Deps } from '../src/deps.ts'
import { service } from '../src/index.ts'
import { type TestBroker, startBroker } from './broker.ts'
import { standIns } from './stand-in-services.ts'
import { type Issuer, type Seen, createIssuer } from './stand-ins.ts'

/** The gateway before stand-ins of the services, all of them real parts. */
export interface Door {
  readonly url: string
  readonly port: number
  readonly issuer: Issuer
  readonly broker: TestBroker
  /** What the gateway's parts may use. */
  readonly runtime: Runtime<GatewayConfig>
  /** What the services were asked since it was last emptied, key look-ups aside. */
  readonly seen: Seen[]
  /** Another gateway on the same mesh; stopped with this one, or before. */
  another(
    env?: Record<string, string>,
  ): Promise<{ url: string; port: number; stop(): Promise<void> }>
  /** Takes a service away; gives it back. */
  away(name: string): Promise<() => Promise<void>>
  stop(): Promise<void>
}

/** Starts everything for one test file. */
export const startDoor = async (env: Record<string, string> = {}): Promise<Door> => {
  const issuer = createIssuer()
  const asked: Seen[] = []
  const services = standIns(issuer, asked)
  const broker = await startBroker([...services, service])
  const running = new Map<string, RunningService>()
  const start = async (name: string) => {
    const found = services.find((one) => one.name === name)
    if (found) running.set(name, await startService(found, broker.environmentOf(name)))
  }
  for (const { name } of services) await start(name)
  const gateways: RunningService[] = []
  const startGateway = async (own: Record<string, string>) => {
    const gateway = await startService(service, {
      ...broker.environmentOf('gateway'),
      GATEWAY_PORT: '0',
      STOP_GRACE_MS: '2000',
      GATEWAY_DRAIN_MS: '0',
      ...own,
    })
    gateways.push(gateway)
    const { port } = (gateway.deps as Deps).server.address() as AddressInfo
    const stop = async () => {
      gateways.splice(gateways.indexOf(gateway), 1)
      await gateway.stop()
    }
    const runtime = gateway.runtime as Runtime<GatewayConfig>
    return { url: `http://127.0.0.1:${port}`, port, runtime, stop }
  }
  return {
    ...(await startGateway(env)),
    issuer,
    broker,
    seen: asked,
    another: (own = {}) => startGateway(own),
    async away(name) {
      await running.get(name)?.stop()
      return () => start(name)
    },
    async stop() {
      for (const gateway of gateways) await gateway.stop()
      for (const one of running.values()) await one.stop()
      await broker.stop()
    },
  }
}

/** A request with a token of Ann's, or of whom `claims` say. */
export const as = (door: Door, claims: object = {}) => {
  const authorization = `Bearer ${door.issuer.token({ claims })}`
  return (path: string, { headers, ...init }: RequestInit = {}): Promise<Response> =>
    fetch(`${door.url}${path}`, {
      ...init,
      headers: { authorization, ...(headers as Record<string, string> | undefined) },
    })
}

/** A JSON body, to be posted. */
export const posting = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

/** A problem document, as a client reads it. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  retry: string
  retry_after_ms?: number
  retry_after?: number
  fields?: Record<string, string[]>
  trace_id: string
}

export const problemOf = async (response: Response): Promise<Problem> => {
  if (response.headers.get('content-type') !== 'application/problem+json')
    throw new Error(`${response.status} is no problem document: ${await response.text()}`)
  return (await response.json()) as Problem
}
