import { Gauge, type Registry } from '@prometheus-io/client'
import type { Broker } from './broker/broker.ts'
import type { Revocations } from './revocations.ts'

interface Links {
  readonly broker: Pick<Broker, 'connected'>
  /** Of who checks tokens. */
  readonly revocations?: Pick<Revocations, 'ageMs'>
}

/** Registers what is measured of a process's ties to the rest of the mesh. */
export const registerLinks = (registry: Registry, { broker, revocations }: Links): void => {
  const gauge = (name: string, help: string, look: () => number) =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      collect() {
        this.set(look())
      },
    })
  const connected = () => (broker.connected ? 1 : 0)
  gauge('mesh_broker_connected', 'Whether the connection to the broker stands.', connected)
  if (!revocations) return
  const age = () => revocations.ageMs / 1_000
  gauge('mesh_revocations_age_seconds', 'Since all ended sessions were last known.', age)
}
