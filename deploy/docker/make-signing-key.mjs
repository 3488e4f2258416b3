// Makes the key that auth signs tokens with, unless it is there: readable by the user of the images
// and by nobody else. `node make-signing-key.mjs <file>`, as root.
import { generateKeyPairSync } from 'node:crypto'
import { chownSync, existsSync, renameSync, writeFileSync } from 'node:fs'

const USER = 1000
const file = process.argv[2]
if (!existsSync(file)) {
  const { privateKey } = generateKeyPairSync('ed25519')
  writeFileSync(`${file}.new`, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  chownSync(`${file}.new`, USER, USER)
  renameSync(`${file}.new`, file)
}
