// Writes a password for each that compose.yaml asks for into `.env` beside it, where Compose looks;
// those that are there stay. Run it again when there is a new service.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = process.argv[2] ?? dirname(fileURLToPath(import.meta.url))
const file = join(folder, '.env')
const known = existsSync(file) ? readFileSync(file, 'utf8') : ''
const asked = readFileSync(join(folder, 'compose.yaml'), 'utf8').matchAll(/\$\{(\w+):\?/g)
const missing = [...new Set([...asked].map(([, name]) => name))].filter(
  (name) => !new RegExp(`^${name}=`, 'm').test(known),
)
// It begins with a letter, so that no configuration takes it for a number.
const lines = missing.map((name) => `${name}=pw${randomBytes(20).toString('hex')}\n`)
writeFileSync(`${file}.new`, known + lines.join(''), { mode: 0o600 })
renameSync(`${file}.new`, file)
process.stdout.write(`${file}: ${missing.length} made, the others stay\n`)
