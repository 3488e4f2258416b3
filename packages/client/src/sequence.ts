/** What an event is to someone who has had the events of a `log` channel up to some count. */
export type Place = 'next' | 'repeated' | 'hole'

/**
 * Where an event stands after event number `last`; undefined: wherever it stands, it is the next.
 * The `skipped` events before it were left out by a filter and are no hole.
 */
export const placeAfter = (
  last: number | undefined,
  { n, skipped = 0 }: { n: number; skipped?: number | undefined },
): Place => {
  if (last === undefined) return 'next'
  if (n <= last) return 'repeated'
  return n - skipped > last + 1 ? 'hole' : 'next'
}
