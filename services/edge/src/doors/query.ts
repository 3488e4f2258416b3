/** The fields a query may filter by, each with the values there are; undefined: any. */
export type Fields = ReadonlyMap<string, readonly string[] | undefined>

/** What a query asks for: of each field it names, the values that pass. */
export type Wanted = ReadonlyMap<string, ReadonlySet<string>>

/**
 * Several values stand behind commas or in several fields of one name. Undefined when it names a field
 * or a value there is not: a filter that was passed over would show what nobody asked for.
 */
export const wantedIn = (query: URLSearchParams, fields: Fields): Wanted | undefined => {
  const wanted = new Map<string, Set<string>>()
  for (const [name, text] of query) {
    if (name === 'token') continue
    const values = text.split(',')
    const known = fields.get(name)
    if (!fields.has(name) || values.includes('')) return undefined
    if (known && values.some((value) => !known.includes(value))) return undefined
    wanted.set(name, new Set([...(wanted.get(name) ?? []), ...values]))
  }
  return wanted
}

/** One spelling for all queries that want the same. */
export const spelled = (wanted: Wanted): string =>
  [...wanted]
    .map(([name, values]) => `${name}=${[...values].toSorted().join(',')}`)
    .toSorted()
    .join('&')
