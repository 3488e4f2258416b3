import { type FileHandle, open } from 'node:fs/promises'

/** A file with a secret in it, and the variable that names it. */
export interface PrivateFile {
  readonly file: string
  readonly variable: string
}

/** Its text. Throws one clear line when it cannot be read or others may touch it. */
export const readPrivately = async (secret: PrivateFile): Promise<string> => {
  const { file } = secret
  let handle: FileHandle | undefined
  try {
    handle = await open(file)
    const { mode } = await handle.stat()
    if ((mode & 0o077) !== 0) throw fileFault(secret, `is open to others; run "chmod 600 ${file}"`)
    return await handle.readFile('utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw fileFault(secret, `cannot be read: ${error.code}`)
    throw error
  } finally {
    await handle?.close()
  }
}

/** What is wrong with the file, without any of its content. */
export const fileFault = ({ file, variable }: PrivateFile, what: string): Error =>
  new Error(`${variable}: ${file} ${what}`)
