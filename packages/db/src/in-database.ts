import pg from 'pg'

const CONNECT_MS = 5_000
const STATEMENT_MS = 30_000

/** Does something on a connection of its own, and closes it. A statement may take `statementMs`, 30 s if not given; 0: any time. */
export const inDatabase = async <T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
  statementMs = STATEMENT_MS,
): Promise<T> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: statementMs,
    application_name: 'mesh',
  })
  // What it says is in the failure of what was asked, too.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
