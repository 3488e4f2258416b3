import { randomBytes } from 'node:crypto'
import { inDatabase } from '../in-database.ts'

/** A database beside another one, for trying something out. */
export interface ScratchDatabase {
  readonly url: string
  /** Deletes it. */
  drop(): Promise<void>
}

/** Makes an empty one on the server of `url`, as one who may. */
export const createScratchDatabase = async (url: string): Promise<ScratchDatabase> => {
  const name = `meshboard_drill_${randomBytes(4).toString('hex')}`
  await inDatabase(url, (client) => client.query(`create database ${name} template template0`))
  const scratch = new URL(url)
  scratch.pathname = `/${name}`
  return {
    url: scratch.href,
    async drop() {
      await inDatabase(url, (client) => client.query(`drop database ${name} with (force)`))
    },
  }
}
