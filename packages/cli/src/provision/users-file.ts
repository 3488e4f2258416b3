import { readFile, rename, writeFile } from 'node:fs/promises'
import type { Environment } from '@meshboard/kit'

/** The file of the broker's users against what it is to be. */
export interface UsersChange {
  readonly path: string
  readonly text: string
  /** A line for each user that comes, goes or may something else; empty when the file is right. */
  readonly lines: readonly string[]
}

const PASSWORD = /^(NATS_PASSWORD_\w+): .+$/gm
const USER =
  /user: ([\w-]+),[^\n]*\n\s*publish: \{ allow: \[(.*)\] \}\n\s*subscribe: \{ allow: \[(.*)\] \}/g

/**
 * Compares the users' file at `path` with `generated`. A password that stands in it, or in `env`
 * (`NATS_PASSWORD_<USER>`), becomes a line of its own there when the file has such lines already: a
 * server that runs cannot learn of a variable of its environment, but reads its files again.
 */
export const compareUsers = async (
  path: string,
  generated: string,
  env: Environment,
): Promise<UsersChange> => {
  const found = await readIfThere(path)
  const passwords = passwordsOf(found, generated, env)
  const text = `${passwords.map((line) => `${line}\n`).join('')}${generated}`
  const lines = text === found ? [] : linesOf(rightsIn(found), rightsIn(generated))
  return { path, text, lines: text === found || lines.length > 0 ? lines : ['~ users: wording'] }
}

/** Writes the file at once, for its owner's eyes alone. */
export const writeUsers = async ({ path, text }: UsersChange): Promise<void> => {
  await writeFile(`${path}.new`, text, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

const passwordsOf = (...[found, generated, env]: [string, string, Environment]): string[] => {
  const kept = new Map([...found.matchAll(PASSWORD)].map(([line, name = '']) => [name, line]))
  if (kept.size === 0) return []
  return [...generated.matchAll(/\$(NATS_PASSWORD_\w+)/g)].flatMap(([, name = '']) => {
    const line = kept.get(name)
    if (line !== undefined) return [line]
    const given = env[name]
    return given ? [`${name}: ${JSON.stringify(given)}`] : []
  })
}

type UserRights = ReadonlyMap<string, ReadonlySet<string>>

const rightsIn = (text: string): UserRights =>
  new Map(
    [...text.matchAll(USER)].map(([, user = '', publish = '', subscribe = '']) => [
      user,
      new Set([...eachOf('publish', publish), ...eachOf('subscribe', subscribe)]),
    ]),
  )

const eachOf = (verb: string, subjects: string): string[] =>
  [...subjects.matchAll(/"([^"]*)"/g)].map(([, subject]) => `${verb} ${subject}`)

const linesOf = (found: UserRights, wanted: UserRights): string[] => [
  ...[...wanted].flatMap(([user, rights]) => {
    const had = found.get(user)
    if (!had) return [`+ user ${user} (${rights.size} rights)`]
    const changed = [...signed('+', rights.difference(had)), ...signed('-', had.difference(rights))]
    return changed.length > 0 ? [`~ user ${user}`, ...changed] : []
  }),
  ...[...found.keys()].filter((user) => !wanted.has(user)).map((user) => `- user ${user}`),
]

const signed = (sign: string, rights: ReadonlySet<string>): string[] =>
  [...rights].map((right) => `    ${sign} ${right}`)

const readIfThere = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
