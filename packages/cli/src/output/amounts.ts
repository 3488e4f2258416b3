const STEPS = [
  [24 * 60 * 60, 'd'],
  [60 * 60, 'h'],
  [60, 'm'],
] as const

/** A span of time as a person says it: `4d`, `3h`, `12m`, `9s`. */
export const span = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  for (const [size, unit] of STEPS) {
    if (seconds >= 2 * size || (size === 60 && seconds >= size))
      return `${Math.floor(seconds / size)}${unit}`
  }
  return `${seconds}s`
}

/** How long ago a moment was, with a dash for none. */
export const age = (time: string | undefined, now = Date.now()): string =>
  time === undefined ? '-' : span(now - Date.parse(time))

/** Bytes in the largest unit that leaves something before the point: `1.4 MiB`. */
export const bytes = (count: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(count) / 10))
  const value = count / 1024 ** step
  return `${step === 0 ? value : value.toFixed(1)} ${units[step]}`
}

/** A count with its noun: `1 letter`, `3 letters`. */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`
