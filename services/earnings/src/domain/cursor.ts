/** Behind which entry of an account a page begins. */
const CURSOR = /^v(\d{1,18})$/

/** The cursor of the page behind that version of an account. */
export const toCursor = (version: bigint): string =>
  Buffer.from(`v${version}`).toString('base64url')

/** The version a cursor names; undefined for what is none of ours. */
export const fromCursor = (cursor: string): bigint | undefined => {
  const [, version] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  return version === undefined ? undefined : BigInt(version)
}
