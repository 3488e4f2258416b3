/** Micropoints in a point. Points are kept as whole micropoints in a `bigint`, never as a float. */
export const MICROS_PER_POINT = 1_000_000n

/** Micropoints as they travel: `986000n` is `"0.986000"`. */
export const toPoints = (micros: bigint): string => {
  const magnitude = micros < 0n ? -micros : micros
  const fraction = (magnitude % MICROS_PER_POINT).toString().padStart(6, '0')
  return `${micros < 0n ? '-' : ''}${magnitude / MICROS_PER_POINT}.${fraction}`
}

/** The micropoints of a decimal string with up to six decimals. Throws a `RangeError` for anything else. */
export const toMicros = (points: string): bigint => {
  const match = /^(-?)(\d{1,13})(?:\.(\d{1,6}))?$/.exec(points)
  if (!match) throw new RangeError(`not an amount of points: ${JSON.stringify(points)}`)
  const [, sign, whole = '0', fraction = ''] = match
  const micros = BigInt(whole) * MICROS_PER_POINT + BigInt(fraction.padEnd(6, '0'))
  return sign ? -micros : micros
}
