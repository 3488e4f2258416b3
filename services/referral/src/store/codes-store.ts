import { randomInt } from 'node:crypto'
import type { Tx } from '@meshboard/db'
import { type Code, codeFor, toKept } from '../domain/code.ts'

/** Codes tried for one user. Far more than are taken until a prefix has hundreds of thousands. */
const TRIES = 20

interface Rows<Row> {
  rows: Row[]
}

interface CodeRow {
  user_id: string
  code: string
}

/** Every statement about the table `codes`. */
export const codesStore = {
  /** The user's code, made now if there is none; a name given later does not change it. */
  async ensure(tx: Tx, owner: { userId: string; username?: string }): Promise<string> {
    for (let tried = 0; tried < TRIES; tried += 1) {
      const { rows } = await tx.raw<Rows<CodeRow>>('select * from codes where user_id = ?', [
        owner.userId,
      ])
      if (rows[0]) return rows[0].code
      const made = await insert(tx, {
        userId: owner.userId,
        code: codeFor(owner.username, (below) => randomInt(below)),
      })
      if (made) return made
    }
    throw new Error(`no free code was found in ${TRIES} tries`)
  },

  async find(tx: Tx, code: string): Promise<Code | undefined> {
    const { rows } = await tx.raw<Rows<CodeRow>>('select * from codes where code = ?', [
      toKept(code),
    ])
    return rows[0] && { userId: rows[0].user_id, code: rows[0].code }
  },
}

/** Undefined when the code is somebody else's, or the user got one meanwhile. */
const insert = async (tx: Tx, { userId, code }: Code): Promise<string | undefined> => {
  const { rows } = await tx.raw<Rows<CodeRow>>(
    'insert into codes (user_id, code) values (?, ?) on conflict do nothing returning *',
    [userId, code],
  )
  return rows[0]?.code
}
