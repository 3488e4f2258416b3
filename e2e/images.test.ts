// Goal: what is shipped is small, holds what runs and nothing else, may do nothing, and runs.
// Method: the image of every program built from the Dockerfile, looked at, and started read-only
// against real servers; `npm run test:images`, which runs the mesh from the images afterwards.
import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { generateKeyPairSync } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { services } from '@meshboard/deploy'
import { type TestMesh, freePort, startTestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { baseImage } from './images/base-image.ts'
import { Container } from './images/container.ts'
import { ProgramImage } from './images/program-image.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const REVISION = '0123456789abcdef0123456789abcdef01234567'
const ARGS = { VERSION: '1.2.3', REVISION, SOURCE: 'https://example.org/meshboard' }
/** What an image may add to its base: that much is pulled and kept for each release of a service. */
const ADDED_MIB_MAX = 32
/** The tools know every service, and so bring all that those need. */
const TOOLS_MIB_MAX = 48
const BUILD_MS = 30 * 60_000

const names = services.map(({ name }) => name)
const programs = [...names, 'tools']

interface Manifest {
  readonly dependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
}

const manifests = async (): Promise<Manifest[]> => {
  const paths = globSync(
    ['package.json', 'deploy/package.json', '{packages,services}/*/package.json'],
    {
      cwd: ROOT,
    },
  )
  return Promise.all(
    paths.map(async (path) => JSON.parse(await readFile(join(ROOT, path), 'utf8')) as Manifest),
  )
}

/** Packages that only development takes, as the folders of pnpm name them. */
const developmentOnly = async (): Promise<string[]> => {
  const all = await manifests()
  const shipped = new Set(all.flatMap(({ dependencies = {} }) => Object.keys(dependencies)))
  const development = all.flatMap(({ devDependencies = {} }) => Object.keys(devDependencies))
  return development.filter((name) => !shipped.has(name)).map((name) => name.replace('/', '+'))
}

/** What a program finds out about itself. */
const PROBE = `
const fs = require('node:fs')
const home = require('node:os').homedir()
const writable = ['/mesh', '/tmp', '/var/tmp', '/run', home, '/dev/shm'].filter((folder) => {
  try { fs.writeFileSync(folder + '/x', ''); return true } catch { return false }
})
const capabilities = /^CapEff:\\s*(\\w+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]
console.log(JSON.stringify({ user: process.getuid(), group: process.getgid(), writable, capabilities }))`

describe.skipIf(process.env['MESH_TEST_IMAGES'] !== '1')('an image', () => {
  const images = new Map<string, ProgramImage>()
  let mesh: TestMesh
  let folder: string
  const imageOf = (program: string): ProgramImage => images.get(program) as ProgramImage

  beforeAll(async () => {
    const base = await baseImage()
    for (const program of programs)
      images.set(program, await ProgramImage.build(program, { base, args: ARGS }))
    mesh = await startTestMesh()
    folder = await mkdtemp(join(tmpdir(), 'meshboard-images-'))
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    await writeFile(join(folder, 'key.pem'), pem, { mode: 0o600 })
  }, BUILD_MS)
  afterAll(async () => {
    await mesh.stop()
    await rm(folder, { recursive: true })
  })

  test.each(programs)('of %s says what it is, and is run by nobody special', async (program) => {
    const { User, Entrypoint, Env, Labels } = await imageOf(program).facts()
    expect(User).toBe('1000:1000')
    expect(Entrypoint).toEqual(['node', 'main.js'])
    expect(Env).toContain('NODE_ENV=production')
    expect(Labels).toMatchObject({
      'org.opencontainers.image.title': `meshboard-${program}`,
      'org.opencontainers.image.version': ARGS.VERSION,
      'org.opencontainers.image.revision': REVISION,
      'org.opencontainers.image.source': ARGS.SOURCE,
      'org.opencontainers.image.licenses': 'Apache-2.0',
    })
  })

  test.each(programs)('of %s holds what runs and nothing else', async (program) => {
    const files = await imageOf(program).files()
    expect(files).toContain('main.js')
    expect(files.filter((file) => /\.([cm]?ts|map|tsbuildinfo)$/.test(file))).toEqual([])
    const others = names.filter((name) => program !== 'tools' && name !== program)
    expect(others.filter((name) => files.includes(`services/${name}`))).toEqual([])
    const libraries = files.filter((file) => /^node_modules\/\.pnpm\/[^/]+$/.test(file))
    const unwanted = await developmentOnly()
    expect(unwanted).toContain('typescript')
    expect(
      libraries.filter((path) => unwanted.some((name) => path.includes(`.pnpm/${name}@`))),
    ).toEqual([])
  })

  test.each(programs)('of %s adds little to its base', async (program) => {
    const bytes = await imageOf(program).addedBytes()
    const mib = bytes / 2 ** 20
    process.stdout.write(`${program}: ${mib.toFixed(1)} MiB above its base\n`)
    expect(mib).toBeLessThan(program === 'tools' ? TOOLS_MIB_MAX : ADDED_MIB_MAX)
  })

  test('can write nowhere and has no rights beyond those of its user', async () => {
    const found = JSON.parse(await Container.evaluate('earnings', PROBE)) as object
    expect(found).toEqual({
      user: 1000,
      group: 1000,
      writable: ['/dev/shm'],
      capabilities: '0000000000000000',
    })
  })

  const start = async (name: string, more: Record<string, string> = {}) => {
    const port = await freePort()
    const env = {
      ...mesh.environmentOf(name),
      ...(name === 'auth' && { AUTH_SIGNING_KEY_FILES: join(folder, 'key.pem') }),
      ...{ OPS_PORT: String(port), EDGE_PORT: '0', GATEWAY_PORT: '0', LOG_LEVEL: 'info' },
      ...more,
    }
    const container = Container.start(name, { env })
    const opsUrl = `http://127.0.0.1:${port}`
    await container.ready(opsUrl)
    return { container, opsUrl }
  }

  test.each(names)('of %s runs, tells its revision, and ends with 0 on SIGTERM', async (name) => {
    const { container, opsUrl } = await start(name)
    const version = await fetch(`${opsUrl}/version`)
    expect(await version.json()).toMatchObject({ service: name, revision: REVISION })
    expect(await container.stop(), container.said).toBe(0)
    expect(container.said).toContain('stopped')
  })

  test('of the edge runs several processes in one container', async () => {
    const { container, opsUrl } = await start('edge', { EDGE_PROCESSES: '2' })
    const metrics = await (await fetch(`${opsUrl}/metrics`)).text()
    expect(new Set(metrics.match(/process="[12]"/g))).toEqual(
      new Set(['process="1"', 'process="2"']),
    )
    expect(await container.stop(), container.said).toBe(0)
  })
})
