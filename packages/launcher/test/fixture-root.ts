import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../../..', import.meta.url))

const service = `
import { createServer } from 'node:http'
import { writeFileSync } from 'node:fs'

if (process.env.ALPHA_BROKEN) {
  console.error('alpha lost its way')
  process.exit(7)
}
writeFileSync('environment.json', JSON.stringify(process.env))
createServer((_, response) => response.end('ok')).listen(Number(process.env.OPS_PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
`

const setup = `
if (process.argv.at(-1) !== '--json') throw new Error('not the arguments of a start')
console.log('{"migrations":{"services":1,"applied":2},"provision":{"streams":3,"consumers":0}}')
`

const broker = `
host: 127.0.0.1
port: $NATS_PORT
jetstream { store_dir: $NATS_STORE_DIR }
authorization { users [
  { user: provisioner, password: $NATS_PASSWORD_PROVISIONER }
  { user: operator, password: $NATS_PASSWORD_OPERATOR }
  { user: alpha, password: $NATS_PASSWORD_ALPHA }
  { user: edge, password: $NATS_PASSWORD_EDGE }
  { user: gateway, password: $NATS_PASSWORD_GATEWAY }
] }
`

const tracePage = `
import { createServer } from 'node:http'

const server = createServer((request, response) => response.end('{}'))
server.listen(Number(process.env.TRACES_PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
`

const files = {
  'services/alpha/src/main.ts': service,
  'services/edge/src/main.ts': service,
  'services/gateway/src/main.ts': service,
  'packages/cli/src/main.ts': setup,
  'packages/trace-page/src/main.ts': tracePage,
  'packages/agent/src/main.ts':
    'console.log(process.argv.slice(2).join(), process.env.MESH_SERVER); process.exit(3)',
  'deploy/nats/server.conf': broker,
  'package.json': '{ "type": "module" }',
}

export type Root = { root: string; home: string; remove: () => void }

/** A root with services that do nothing, so that the launcher is tested without the real ones. */
export function makeRoot(): Root {
  const root = makeFolder()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
  return { root, home: join(root, 'home'), remove: () => remove(root) }
}

/** A temporary folder that Postgres, under another uid, can reach. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'meshboard-launcher-'))
  chmodSync(folder, 0o755)
  return folder
}

export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}
