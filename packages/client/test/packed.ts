import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** What `npm run` sets for its own script is not meant for the package managers started here. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^npm_/i.test(name) || /^npm_config_(cache|registry)$/i.test(name),
  ),
)

/** The libraries that the SDK and the contracts need, as they were installed here. */
const LIBRARIES = [
  { name: 'zod', user: 'packages/contracts' },
  { name: 'ws', user: 'packages/client' },
  { name: '@noble/ed25519', user: 'packages/client' },
]

/**
 * The SDK and the contracts, packed as they would be published and installed into an empty folder;
 * everything else comes from here, so that no registry is asked.
 */
export class Packed {
  readonly #folder: string
  /** The tarballs, by the name of their package. */
  readonly tarballs: ReadonlyMap<string, string>

  private constructor(folder: string, tarballs: ReadonlyMap<string, string>) {
    this.#folder = folder
    this.tarballs = tarballs
  }

  static async create(): Promise<Packed> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'meshboard-packed-')))
    const [libraries, ours] = await Promise.all([packLibraries(folder), packOurs(folder)])
    const packed = new Packed(folder, new Map(ours))
    await packed.#install(new Map([...libraries, ...ours]))
    return packed
  }

  /** The folder that it is installed in. */
  get installed(): string {
    return join(this.#folder, 'installed')
  }

  /** The files of a tarball, from the folder that npm unpacks. */
  async filesOf(name: string): Promise<string[]> {
    const { stdout } = await run('tar', ['-tzf', this.tarballs.get(name) ?? ''])
    return stdout.trim().split('\n').map(inPackage).toSorted()
  }

  /** The manifest of a package as it was installed. */
  async manifestOf(name: string): Promise<string> {
    return readFile(join(this.installed, 'node_modules', name, 'package.json'), 'utf8')
  }

  /** Writes a file beside what is installed, and gives its path. */
  async write(name: string, text: string): Promise<string> {
    const path = join(this.installed, name)
    await writeFile(path, text)
    return path
  }

  /** Runs a program beside what is installed, and gives what it prints; throws that when it fails. */
  async run(program: string, args: readonly string[]): Promise<string> {
    const running = run(program, args, { cwd: this.installed, env })
    return running.then(
      ({ stdout }) => stdout,
      (error: { stdout: string; stderr: string }) => {
        throw new Error(`${error.stdout}${error.stderr}`)
      },
    )
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #install(tarballs: ReadonlyMap<string, string>): Promise<void> {
    const dependencies = Object.fromEntries(
      [...tarballs].map(([name, tarball]) => [name, `file:${tarball}`]),
    )
    await mkdir(this.installed)
    await this.write('package.json', JSON.stringify({ type: 'module', dependencies }))
    const args = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund']
    await run('npm', args, { cwd: this.installed, env })
  }
}

const inPackage = (path: string): string => path.replace(/^package\//, '')

type Tarballs = readonly (readonly [name: string, tarball: string])[]

const OURS = ['@meshboard/contracts', '@meshboard/client']

/**
 * As they are here, but for hard links, which npm leaves out; it does not mind what the folder in a
 * tarball is called.
 */
const packLibraries = (folder: string): Promise<Tarballs> =>
  Promise.all(
    LIBRARIES.map(async ({ name, user }) => {
      const source = await realpath(join(ROOT, user, 'node_modules', name))
      const tarball = join(folder, `${basename(source)}.tgz`)
      const from = ['-C', dirname(source), basename(source)]
      await run('tar', ['--hard-dereference', '-czf', tarball, ...from])
      return [name, tarball]
    }),
  )

/** Builds and packs what is published of this repository; pnpm, since it fills in what the workspace knows. */
const packOurs = async (folder: string): Promise<Tarballs> => {
  const { packageManager } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    packageManager: string
  }
  const which = OURS.flatMap((name) => ['--filter', name])
  const how = ['pack', '--json', '--pack-destination', folder]
  const args = ['--yes', '--prefer-offline', packageManager, ...which, ...how]
  const { stdout } = await run('npx', args, { cwd: ROOT, env })
  const packed = JSON.parse(stdout.slice(stdout.indexOf('['))) as Tarball[]
  return packed.map(({ name, filename }) => [name, filename])
}

interface Tarball {
  name: string
  filename: string
}
