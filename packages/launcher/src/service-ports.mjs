import { portSetting, reservePort } from './ports.mjs'
import { doors } from './service-list.mjs'

/**
 * The ports of the services, checked to be free: `{ doors: { gateway, edge }, ops: { <service> }
 * }`. Ops ports go upward from OPS_PORT_BASE in the order of the services. Fails (StartFailure) if
 * one is in use.
 */
export async function reserveServicePorts({ env }, services) {
  const ports = { doors: {}, ops: {} }
  for (const name of services.filter((service) => doors[service])) {
    const { variable, port } = doors[name]
    const options = { what: name, mend: `Set ${variable}.` }
    ports.doors[name] = await reservePort(portSetting(env, variable, port), options)
  }
  const base = portSetting(env, 'OPS_PORT_BASE', 9100)
  for (const [index, name] of services.entries()) {
    const options = { what: `the ops server of ${name}`, mend: 'Set OPS_PORT_BASE.' }
    ports.ops[name] = await reservePort(base === 0 ? 0 : base + index, options)
  }
  return ports
}
