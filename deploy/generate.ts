/**
 * `npm run generate` writes every generated file; `--check` only says which is out of date and
 * exits with 1; `--accept-breaking` overwrites golden files although somebody will break.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generatedFiles } from './generated-files.ts'
import { type GeneratedState, generate } from './generator.ts'

const { values } = parseArgs({
  options: { check: { type: 'boolean' }, 'accept-breaking': { type: 'boolean' } },
})
const check = values.check ?? false
const acceptBreaking = values['accept-breaking'] ?? false

const say = ({ path, state, breaks }: GeneratedState): void => {
  if (state === 'current') return
  const written = !check && (state === 'out_of_date' || acceptBreaking)
  console.log(written ? `wrote ${path}` : `out of date: ${path}`)
  for (const sentence of breaks) console.log(`  breaks ${sentence}`)
}

const states = await generate({
  root: fileURLToPath(new URL('..', import.meta.url)),
  files: generatedFiles,
  write: !check,
  acceptBreaking,
})
states.forEach(say)

const kept = states.filter(({ state }) => state !== 'current' && (check || state === 'breaking'))
if (kept.length > 0 && (check || !acceptBreaking)) {
  console.log(
    kept.some(({ state }) => state === 'breaking')
      ? 'Make the change additive, or say so with: npm run generate -- --accept-breaking'
      : 'To mend it: npm run generate',
  )
  process.exitCode = 1
}
