/**
 * Stands once in each message. Its two bytes occur nowhere else in what servers send, so messages can
 * be counted without a look at any framing.
 */
const MARK = '§'

const [FIRST = 0, SECOND = 0] = Buffer.from(MARK)

/** What is remembered of a connection from one chunk to the next. */
export interface Counting {
  /** The last chunk ended within a mark. */
  isWithin: boolean
}

/** How many messages begin in the next chunk of a connection. */
export const marksIn = (chunk: Buffer, counting: Counting): number => {
  let marks = counting.isWithin && chunk[0] === SECOND ? 1 : 0
  for (let at = chunk.indexOf(SECOND, 1); at > 0; at = chunk.indexOf(SECOND, at + 1))
    if (chunk[at - 1] === FIRST) marks += 1
  counting.isWithin = chunk[chunk.length - 1] === FIRST
  return marks
}

/** A message of that many bytes, JSON with a mark. */
export const markedBody = (bytes: number): string => {
  const frame = `{"mark":"${MARK}","data":""}`
  return `{"mark":"${MARK}","data":"${'x'.repeat(bytes - Buffer.byteLength(frame))}"}`
}
