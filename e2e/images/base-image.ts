import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, succeeds } from './command.ts'

const DOCKERFILE = new URL('../../deploy/docker/Dockerfile', import.meta.url)

/** The image that the Dockerfile names as its base; where no registry can be reached, one like it. */
export const baseImage = async (): Promise<string> => {
  const [, name = ''] = /^ARG BASE=(\S+)/m.exec(await readFile(DOCKERFILE, 'utf8')) ?? []
  if (await succeeds('podman', 'image', 'exists', name)) return name
  if (await succeeds('timeout', '30', 'podman', 'pull', '--quiet', name)) return name
  const standIn = `localhost/meshboard/${name.split('/').at(-1)}`
  if (!(await succeeds('podman', 'image', 'exists', standIn))) await makeStandIn(standIn)
  return standIn
}

/** Debian's minimum with the Node of the workspace, the npm of this machine and the user `node`. */
const makeStandIn = async (name: string): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'meshboard-base-'))
  const root = join(folder, 'root')
  try {
    await command('debootstrap', '--variant=minbase', 'bookworm', root, await mirror())
    await addNode(root)
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY root/ /\nCMD ["node"]\n')
    await command('buildah', 'bud', '--quiet', '--tag', name, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const addNode = async (root: string): Promise<void> => {
  const local = join(root, 'usr/local')
  await cp(await realpath(process.execPath), join(local, 'bin/node'))
  const npm = join(await command('npm', 'root', '--global'), 'npm')
  await mkdir(join(local, 'lib/node_modules'), { recursive: true })
  await cp(npm, join(local, 'lib/node_modules/npm'), { recursive: true, verbatimSymlinks: true })
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'))
  await command('chroot', root, 'useradd', '--uid', '1000', '--create-home', 'node')
  await rm(join(root, 'var/cache/apt'), { recursive: true, force: true })
  await rm(join(root, 'var/lib/apt/lists'), { recursive: true, force: true })
}

/** Where this machine gets its Debian packages from. */
const mirror = async (): Promise<string> => {
  const found = await command('apt-get', 'indextargets', '--format', '$(REPO_URI)')
  return found.split('\n').find((uri) => uri.endsWith('/debian/')) ?? 'http://deb.debian.org/debian'
}
