import type { Client } from './client.ts'
import { MeshClient } from './mesh-client.ts'
import { type ClientOptions, toSettings } from './options.ts'

/**
 * A client of the mesh, not yet connected: `await client.connect()`. Whoever makes it closes it.
 * Fails `invalid` for a URL that is no WebSocket URL.
 */
export const createClient = (options: ClientOptions): Client => {
  const client = new MeshClient(toSettings(options))
  return new Proxy({} as Client, {
    get: (_, name) => {
      if (typeof name !== 'string' || name === 'then') return undefined
      if (!(name in client)) return service(client, name)
      const value: unknown = Reflect.get(client, name)
      return typeof value === 'function' ? (value.bind(client) as unknown) : value
    },
  })
}

/**
 * Every name is a procedure, but for a major, `client.earnings.v2.getSummary()`; the edge knows
 * which there are. `then` would make it a promise.
 */
const service = (client: MeshClient, name: string): object =>
  new Proxy(
    {},
    {
      get: (_, inner) => {
        if (typeof inner !== 'string' || inner === 'then') return undefined
        const full = `${name}.${inner}`
        if (/^v\d+$/.test(inner)) return service(client, full)
        return (input?: unknown, options?: object) => client.call(full, input, options)
      },
    },
  )
