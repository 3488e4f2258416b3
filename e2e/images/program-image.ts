import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { command } from './command.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Where the images of the mesh have what they run. */
const FOLDER = 'mesh'

/** What an image says of itself. */
export interface ImageFacts {
  readonly User: string
  readonly Entrypoint: readonly string[]
  readonly Env: readonly string[]
  readonly Labels: Readonly<Record<string, string>>
}

/** An image of a program of the mesh, built from the Dockerfile. */
export class ProgramImage {
  readonly name: string
  readonly #base: string

  private constructor(name: string, base: string) {
    this.name = name
    this.#base = base
  }

  /** Builds it; what it shares with the images built before is taken from them. */
  static async build(
    program: string,
    { base, args }: { base: string; args: Readonly<Record<string, string>> },
  ): Promise<ProgramImage> {
    const image = new ProgramImage(`localhost/meshboard/${program}:test`, base)
    const told = { ...args, PROGRAM: program, BASE: base }
    await withAnyPolicy((policy) =>
      command(
        ...['buildah', 'bud', '--layers', '--pull-never', '--network=host', '--tag', image.name],
        ...['--signature-policy', policy, '--file', `${ROOT}deploy/docker/Dockerfile`],
        ...Object.entries(told).map(([name, value]) => `--build-arg=${name}=${value}`),
        ...secrets(),
        ROOT,
      ),
    )
    return image
  }

  /** What it says of itself. */
  async facts(): Promise<ImageFacts> {
    const [found] = JSON.parse(await command('podman', 'image', 'inspect', this.name)) as {
      Config: ImageFacts
    }[]
    if (!found) throw new Error(`${this.name} is not there`)
    return found.Config
  }

  /** What it adds to its base, bytes. */
  async addedBytes(): Promise<number> {
    const size = async (name: string) =>
      Number(await command('podman', 'image', 'inspect', '--format', '{{.Size}}', name))
    return (await size(this.name)) - (await size(this.#base))
  }

  /** Every file and folder of the program, from the folder it runs in. */
  async files(): Promise<string[]> {
    const root = await command('podman', 'image', 'mount', this.name)
    try {
      const folder = join(root, FOLDER)
      // A link to a folder would be followed without the types.
      const entries = await readdir(folder, { recursive: true, withFileTypes: true })
      return entries.map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    } finally {
      await command('podman', 'image', 'unmount', this.name)
    }
  }
}

/** How this machine reaches its package registry. */
const secrets = (): string[] => {
  const files = {
    npmrc: join(homedir(), '.npmrc'),
    ca: process.env['NODE_EXTRA_CA_CERTS'] ?? '',
  }
  return Object.entries(files)
    .filter(([, file]) => existsSync(file))
    .map(([id, file]) => `--secret=id=${id},src=${file}`)
}

/** Runs `work` with a policy that takes any image, since machines without one take none. */
const withAnyPolicy = async (work: (path: string) => Promise<unknown>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'meshboard-policy-'))
  try {
    const path = join(folder, 'policy.json')
    await writeFile(path, '{ "default": [{ "type": "insecureAcceptAnything" }] }')
    await work(path)
  } finally {
    await rm(folder, { recursive: true })
  }
}
