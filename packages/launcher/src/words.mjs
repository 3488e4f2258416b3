/** A number with its noun: `1 stream`, `5 streams`. */
export function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
