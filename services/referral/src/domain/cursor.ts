/** Behind which referral a page begins. */
const CURSOR = /^r(ref_[0-7][0-9a-hjkmnp-tv-z]{25})$/

/** The cursor of the page behind that referral. */
export const toCursor = (id: string): string => Buffer.from(`r${id}`).toString('base64url')

/** The referral a cursor names; undefined for what is none of ours. */
export const fromCursor = (cursor: string): string | undefined =>
  CURSOR.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
