/** The first `1.2.3` in a text, or undefined. */
export function versionIn(text) {
  return /(\d+)\.(\d+)\.(\d+)/.exec(text)?.[0]
}

/** Whether the first of two `1.2.3` versions is the older one. */
export function isOlder(version, floor) {
  const [left, right] = [version, floor].map((text) => text.split('.').map(Number))
  const at = left.findIndex((part, index) => part !== right[index])
  return at >= 0 && left[at] < right[at]
}
