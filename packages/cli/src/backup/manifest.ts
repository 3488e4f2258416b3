import { z } from 'zod'

const Checked = z.object({ bytes: z.number(), sha256: z.string() })
const Row = z.record(z.string(), z.string())

const Manifest = z.object({
  format: z.literal(1),
  /** When the streams were begun with, by the database's clock. */
  streams_saved_at: z.string(),
  /** When all was saved. */
  ended_at: z.string(),
  streams: z.array(
    z.object({
      name: z.string(),
      messages: z.number(),
      firstSeq: z.number(),
      lastSeq: z.number(),
      config: z.unknown(),
      state: z.unknown(),
      file: z.string(),
    }),
  ),
  database: z.object({
    version: z.string(),
    schemas: z.array(
      z.object({
        service: z.string(),
        steps: z.array(z.string()),
        tables: z.array(
          z.object({
            table: z.string(),
            columns: z.array(z.string()),
            rows: z.number(),
            file: z.string(),
          }),
        ),
        sequences: z.record(z.string(), z.string().nullable()),
      }),
    ),
    figures: z.record(z.string(), Row),
  }),
  /** Every file of the backup, by its path in it. */
  files: z.record(z.string(), Checked),
})

/** What a backup is made of. Written last: a folder without one is no backup. */
export type Manifest = z.infer<typeof Manifest>

/** The file it is in. */
export const MANIFEST = 'manifest.json'

/** Reads one. Throws when it is none, or of another version of this program. */
export const parseManifest = (text: string): Manifest => Manifest.parse(JSON.parse(text))
