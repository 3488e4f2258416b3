/** A body that is that long as JSON, at least 11 bytes. */
export const bodyOf = (bytes: number): { data: string } => ({
  data: 'x'.repeat(bytes - '{"data":""}'.length),
})

/** Where the plain responders of the references listen. */
export const PLAIN_SUBJECT = 'bench.plain'
