import { isDeepStrictEqual } from 'node:util'

/** One setting that is to be another. `from` is absent where nothing is there yet. */
export interface SettingChange {
  readonly setting: string
  readonly from?: unknown
  readonly to: unknown
}

type Settings = Readonly<Record<string, unknown>>

/** The broker writes of its own into metadata. */
const OF_THE_BROKER = '_nats.'
/** What names a thing is no setting of it. */
const NAMES = new Set(['name', 'durable_name'])

/** Settings of something that is not there yet. */
export const settingsOf = (wanted: object): SettingChange[] =>
  Object.entries(wanted)
    .filter(([setting]) => !NAMES.has(setting))
    .map(([setting, to]) => ({ setting, to: to as unknown }))

/** The settings of `wanted` that `found` has otherwise. What only `found` has is not looked at. */
export const differencesOf = (wanted: object, found: object): SettingChange[] =>
  settingsOf(wanted)
    .map(({ setting, to }) => ({ setting, from: plain((found as Settings)[setting]), to }))
    .filter(({ from, to }) => !isDeepStrictEqual(from ?? absent(to), plain(to)))

/** A setting that is left out says no, or none. */
const absent = (like: unknown): unknown => {
  if (typeof like === 'boolean') return false
  return typeof like === 'number' ? 0 : undefined
}

const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(String).toSorted((a, b) => a.localeCompare(b))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.startsWith(OF_THE_BROKER))
      .toSorted(([a], [b]) => a.localeCompare(b)),
  )
}
