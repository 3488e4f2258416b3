import { services } from '@meshboard/deploy'
import { startService } from '@meshboard/kit'
import { ServiceProcess } from '@meshboard/testkit'

/** One running copy of a service. */
export interface Instance {
  /** As SIGTERM does. Throws when it ends with a fault. */
  stop(): Promise<void>
}

/** How a copy is started, with all it is told. */
export type Launch<I extends Instance = Instance> = (
  name: string,
  env: Record<string, string>,
) => Promise<I>

/** A process of its own, as in use. */
export const asProcess: Launch<ServiceProcess> = (name, env) => ServiceProcess.start(name, env)

/** In this process: everything but the signal and the exit code, and started in a tenth of the time. */
export const inThisProcess: Launch = async (name, env) => {
  const service = services.find((known) => known.name === name)
  if (!service) throw new Error(`there is no ${name}`)
  return startService(service, env)
}
