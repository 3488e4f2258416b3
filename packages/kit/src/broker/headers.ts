import { type MsgHdrs, headers as natsHeaders } from '@nats-io/transport-node'
import type { HeaderValues } from './broker.ts'

const NONE: HeaderValues = Object.freeze({})

/** Headers by lower-case name; of a repeated one the last value, as the broker appends its own. */
export const readHeaders = (headers: MsgHdrs | undefined): HeaderValues => {
  if (!headers) return NONE
  const values: Record<string, string> = {}
  for (const name of headers.keys()) values[name.toLowerCase()] = headers.last(name)
  return values
}

/** Headers for the broker; undefined when there are none. Throws when a value holds a line break. */
export const writeHeaders = (values: Record<string, string> | undefined): MsgHdrs | undefined => {
  if (!values) return undefined
  const headers = natsHeaders()
  for (const [name, value] of Object.entries(values)) headers.set(name, value)
  return headers
}
