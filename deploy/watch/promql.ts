/** What a label must be: that, or with `~` before it a pattern, with `!` not. */
export type Labels = Readonly<Record<string, string>>

/** The series of a metric with these labels: `of('up', { job: '~a|b' })` is `up{job=~"a|b"}`. */
export const of = (metric: string, labels: Labels = {}): string => {
  const matchers = Object.entries(labels).map(([label, value]) => {
    const [, sign = '', text = ''] = /^(!~|!|~)?(.*)$/s.exec(value) ?? []
    return `${label}${SIGNS[sign] ?? '='}${JSON.stringify(text)}`
  })
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(',')}}`
}

const SIGNS: Readonly<Record<string, string>> = { '~': '=~', '!': '!=', '!~': '!~' }

/** How much counters grow a second, added up. */
export const rate = (series: string, window: string, by?: string): string =>
  `sum${by === undefined ? '' : ` by (${by}) `}(rate(${series}[${window}]))`

/** What is faster than so many of those that a histogram has measured, seconds. */
export const quantile = (
  share: number,
  { buckets, window, by }: { buckets: string; window: string; by?: string },
): string =>
  `histogram_quantile(${share}, ${rate(buckets, window, ['le', by].filter(Boolean).join(', '))})`
