/** Behind which notification a page begins. */
const CURSOR = /^ntf_[0-7][0-9a-hjkmnp-tv-z]{25}$/

/** The cursor of the page behind that notification. */
export const toCursor = (id: string): string => Buffer.from(id).toString('base64url')

/** The notification a cursor names; undefined for what is none of ours. */
export const fromCursor = (cursor: string): string | undefined => {
  const id = Buffer.from(cursor, 'base64url').toString()
  return CURSOR.test(id) ? id : undefined
}
