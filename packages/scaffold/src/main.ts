/**
 * Writes a service of the common shape: `main.ts <name>`. Exits with 1 and one line, having written
 * nothing, when it cannot be called that. Packages and generated files are the launcher's business.
 */
import { fileURLToPath } from 'node:url'
import { joinMesh } from './join-mesh.ts'
import { namesOf } from './names.ts'
import { refusalOf } from './refusal.ts'
import { writeService } from './write-service.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const [name = '', ...others] = process.argv.slice(2)
const refusal =
  name === '' || others.length > 0
    ? '`npm run new:service <name>` takes one name'
    : await refusalOf(root, name)

if (refusal === undefined) {
  const names = namesOf(name)
  await joinMesh(root, names)
  await writeService(root, names)
} else {
  process.stderr.write(`  ${refusal}\n`)
  process.exitCode = 1
}
