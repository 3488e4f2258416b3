/** What a statement does, and to which tables; nothing of its values. */
export interface StatementSummary {
  /** `SELECT`, `INSERT`, `BEGIN` … */
  readonly operation: string
  /** The operation and its tables, `SELECT connections`; of several changes each: `INSERT a UPDATE b`. */
  readonly summary: string
}

const NAME = '"?([a-z_][a-z0-9_]*)"?'
const TABLE = `(?:${NAME}\\.)?${NAME}`
const CHANGE = new RegExp(
  `(?<!\\b(?:for|do)\\s+)\\b(insert\\s+into|update|delete\\s+from)\\s+(?:only\\s+)?${TABLE}`,
  'gi',
)
const READ = new RegExp(`\\b(?:from|join)\\s+(?:only\\s+)?${TABLE}(?!\\s*\\(|["\\w.])`, 'gi')
const WITH = new RegExp(
  `(?:\\bwith\\s+(?:recursive\\s+)?|,\\s*)${NAME}\\s+as\\s+(?:not\\s+)?(?:materialized\\s+)?\\(`,
  'gi',
)

/** Reads a statement as far as its name in a trace needs. For people to read, so a rough look will do. */
export const summaryOf = (statement: string): StatementSummary => {
  const sql = statement.replaceAll(/'[^']*'|--.*$/gm, '')
  const changes = [...sql.matchAll(CHANGE)].map(([, verb = '', , table = '']) => ({
    operation: verb.split(/\s/)[0]?.toUpperCase() ?? '',
    table,
  }))
  const [first] = changes
  if (first) {
    const summary = changes.map(({ operation, table }) => `${operation} ${table}`).join(' ')
    return { operation: first.operation, summary }
  }
  const word = /[a-z]+/i.exec(sql)?.[0].toUpperCase() ?? 'STATEMENT'
  if (word !== 'SELECT' && word !== 'WITH') return { operation: word, summary: word }
  return { operation: 'SELECT', summary: ['SELECT', ...tablesRead(sql)].join(' ') }
}

const tablesRead = (sql: string): string[] => {
  const own = new Set([...sql.matchAll(WITH)].map(([, name]) => name))
  const tables = [...sql.matchAll(READ)].map(([, , table = '']) => table)
  return [...new Set(tables)].filter((table) => !own.has(table))
}
