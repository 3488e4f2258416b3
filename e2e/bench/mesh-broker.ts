import {
  PROVISIONER,
  type Service,
  connectBroker,
  permissionsConfig,
  provision,
} from '@meshboard/kit'
import { auth } from '@meshboard/contracts'
import { planOf } from '@meshboard/deploy'
import { type Issuer, type NatsServer, startIssuer, startNats } from '@meshboard/testkit'
import { childrenCalled } from './machine.ts'

/** A fresh broker with the rights of some services, and somebody who signs tokens. */
export interface MeshBroker {
  readonly nats: NatsServer
  readonly issuer: Issuer
  /** Of the broker's process. */
  readonly pid: number
  environmentOf(service: string): Record<string, string>
  stop(): Promise<void>
}

const optionsOf = (nats: NatsServer, user: string) => ({
  servers: [nats.url],
  service: user,
  user,
  password: nats.passwordOf(user),
  onFault(error: Error) {
    process.stderr.write(`${user}: ${error.message}\n`)
  },
})

/** Room for all that a round publishes. */
const STREAMS = { replicas: 1, bytesMax: 2 ** 30 }

/**
 * Starts both. `auth` is played here: its rights are those of a service that answers only.
 * `permissions` may change the broker's rights.
 */
export const startMeshBroker = async (
  services: readonly Service[],
  permissions: (generated: string) => string = (generated) => generated,
): Promise<MeshBroker> => {
  const parts = services.map((service) => ({ ...service, service: service.name }))
  const nats = await startNats(permissions(permissionsConfig([...parts, AUTH])))
  await provision(optionsOf(nats, PROVISIONER), services.map(planOf), STREAMS)
  const authority = await connectBroker(optionsOf(nats, AUTH.service))
  const issuer = await startIssuer(authority)
  return {
    nats,
    issuer,
    pid: childrenCalled('nats-server').at(-1) ?? 0,
    environmentOf: (service) => ({
      NATS_URL: nats.url,
      NATS_USER: service,
      NATS_PASSWORD: nats.passwordOf(service),
    }),
    async stop() {
      await issuer.stop()
      await authority.close()
      await nats.stop()
    },
  }
}

const AUTH = {
  service: auth.name,
  contract: auth,
  uses: { calls: [] },
  consumers: [],
  isolated: false,
}

/** A fresh broker that asks nobody who they are: what the references get. */
export const startPlainBroker = async (): Promise<{ nats: NatsServer; pid: number }> => {
  const nats = await startNats('')
  return { nats, pid: childrenCalled('nats-server').at(-1) ?? 0 }
}

/** The streams of some services on a plain broker, as the mesh has them. */
export const provisionPlain = (nats: NatsServer, services: readonly Service[]): Promise<unknown> =>
  provision(optionsOf(nats, PROVISIONER), services.map(planOf), STREAMS)
