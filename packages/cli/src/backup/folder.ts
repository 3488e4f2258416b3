import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Readable, type Transform, PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { Refusal } from '../refusal.ts'
import { MANIFEST, type Manifest, parseManifest } from './manifest.ts'

/** A file as it was written: its length, and the hash of all its bytes. */
export interface Written {
  readonly bytes: number
  readonly sha256: string
}

/** A folder that a backup is written to. */
export class NewBackup {
  readonly #folder: string
  readonly files: Record<string, Written> = {}

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Makes the folder, for its owner alone. Throws when something is in it. */
  static async open(folder: string): Promise<NewBackup> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if ((await readdir(folder)).length > 0)
      throw new Refusal(`${folder} is not empty. Name a folder of its own for each backup.`)
    return new NewBackup(folder)
  }

  /** Writes a file from what is read, packed by `pack` if given. */
  async write(file: string, content: Readable, pack: Transform = new PassThrough()): Promise<void> {
    const path = join(this.#folder, file)
    await mkdir(dirname(path), { recursive: true })
    const hash = createHash('sha256')
    let bytes = 0
    await pipeline(
      content,
      pack,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk)
          bytes += chunk.length
          yield chunk
        }
      },
      createWriteStream(path, { mode: 0o600, flush: true }),
    )
    this.files[file] = { bytes, sha256: hash.digest('hex') }
  }

  /** Ends the backup: only with this it is one. */
  async end(manifest: Omit<Manifest, 'files'>): Promise<void> {
    const path = join(this.#folder, MANIFEST)
    const text = JSON.stringify({ ...manifest, files: this.files }, null, 2)
    await writeFile(`${path}.new`, `${text}\n`, { mode: 0o600, flush: true })
    await rename(`${path}.new`, path)
  }
}

/** Packs rows. */
export const packed = (): Transform => createGzip({ level: 6 })

/** A backup that is there, whole: every file has the bytes it was written with. */
export interface Backup {
  readonly manifest: Manifest
  /** A file's bytes. */
  read(file: string): Readable
  /** The same of one that was packed. */
  readPacked(file: string): Readable
}

/** Opens a backup. Throws when there is none, or a file of it is missing or damaged. */
export const openBackup = async (folder: string): Promise<Backup> => {
  const manifest = await readManifest(folder)
  for (const [file, written] of Object.entries(manifest.files))
    if ((await hashOf(join(folder, file))) !== written.sha256)
      throw new Refusal(`${file} of this backup is damaged or missing. Take another backup.`)
  const read = (file: string) => createReadStream(join(folder, file), { highWaterMark: 1 << 19 })
  return {
    manifest,
    read,
    readPacked: (file) => read(file).pipe(createGunzip()),
  }
}

const readManifest = async (folder: string): Promise<Manifest> => {
  try {
    return parseManifest(await readFile(join(folder, MANIFEST), 'utf8'))
  } catch (error) {
    throw new Refusal(`There is no whole backup in ${folder}: its ${MANIFEST} cannot be read.`, {
      cause: error,
    })
  }
}

const hashOf = async (path: string): Promise<string | undefined> => {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return hash.digest('hex')
}
