import { createHash } from 'node:crypto'

/** A short name of one life of a stream: of its name and the moment it was made. */
export const epochOf = (stream: string, created: string): string =>
  createHash('sha256').update(`${stream} ${created}`).digest('hex').slice(0, 8)
