import { findings } from '../doctor.mjs'

const marks = { ok: 'ok   ', note: 'note ', bad: 'WRONG' }

/**
 * Prints what the mesh would use and how to mend what is missing. Resolves with 1 if something
 * prevents `up`.
 */
export async function doctor(workspace) {
  let wrong = 0
  for (const { kind, name, text, mend } of await findings(workspace)) {
    console.log(`  ${marks[kind]}  ${name.padEnd(14)}${text}`)
    if (mend) console.log(`${' '.repeat(23)}${mend}`)
    if (kind === 'bad') wrong++
  }
  console.log(
    wrong === 0 ? '  nothing prevents `npm run up`' : `  ${wrong} to mend before \`npm run up\``,
  )
  return wrong === 0 ? 0 : 1
}
