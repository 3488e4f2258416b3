/** Does something with each item, at most `width` at a time. */
export const inTurns = async <T>(
  items: Iterable<T>,
  { width, each }: { width: number; each: (item: T, index: number) => Promise<void> },
): Promise<void> => {
  const entries = items[Symbol.iterator]()
  let count = 0
  const work = async () => {
    for (let next = entries.next(); !next.done; next = entries.next()) {
      await each(next.value, (count += 1) - 1)
    }
  }
  await Promise.all(Array.from({ length: width }, work))
}
