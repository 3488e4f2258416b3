const SECOND_MICROS = 1_000_000
const MINUTE_MICROS = 60 * SECOND_MICROS

/** A duration with as many digits as it deserves: `240 µs`, `3.1 ms`, `2.40 s`, `1 min 12 s`. */
export const duration = (micros: number): string => {
  if (micros < 1_000) return `${Math.round(micros)} µs`
  if (micros < SECOND_MICROS) return `${digits(micros / 1_000)} ms`
  if (micros < MINUTE_MICROS) return `${(micros / SECOND_MICROS).toFixed(2)} s`
  const seconds = Math.round(micros / SECOND_MICROS)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

const digits = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)

/** A time of day on this machine's clock: `14:03:22.120`. */
export const timeOfDay = (micros: number): string => {
  const time = new Date(micros / 1_000)
  const [hours, minutes, seconds] = [time.getHours(), time.getMinutes(), time.getSeconds()]
  const two = (value: number) => String(value).padStart(2, '0')
  const millis = String(time.getMilliseconds()).padStart(3, '0')
  return `${two(hours)}:${two(minutes)}:${two(seconds)}.${millis}`
}

/** A moment as RFC 3339 has it. */
export const moment = (micros: number): string => new Date(micros / 1_000).toISOString()

/** A number of things: `1 span`, `2 spans`. */
export const count = (number: number, thing: string): string =>
  `${number.toLocaleString('en')} ${thing}${number === 1 ? '' : 's'}`
