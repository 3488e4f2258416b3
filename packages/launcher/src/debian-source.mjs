import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = '/etc/apt'
const keyrings = ['gpg', 'pgp'].map(
  (ending) => `/usr/share/keyrings/debian-archive-keyring.${ending}`,
)
const suites = /^(stable|oldstable|testing|unstable|sid|bullseye|bookworm|trixie|forky|duke)\b/

/**
 * Where this machine gets Debian packages from: `{ uri, signedBy }`, taken from its own apt
 * sources, so that a mirror or proxy set up for the machine serves the mesh too. MESH_DEBIAN_URI
 * overrides the URI. Undefined on a machine that is not Debian.
 */
export function debianSource(env) {
  const found = sourcesOfTheMachine()
  const uri = env.MESH_DEBIAN_URI || found?.uri
  const signedBy = found?.signedBy ?? keyrings.find((path) => existsSync(path))
  return uri && signedBy ? { uri, signedBy } : undefined
}

/** The machine's own Debian suite, `bookworm` for one; undefined on another system. */
export function hostSuite() {
  const release = readText('/etc/os-release')
  return /^ID=debian$/m.test(release) ? /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1] : undefined
}

function sourcesOfTheMachine() {
  const parts = join(folder, 'sources.list.d')
  const names = existsSync(parts) ? readdirSync(parts).sort() : []
  const paths = [...names.map((name) => join(parts, name)), join(folder, 'sources.list')]
  return paths.flatMap((path) => entriesOf(path)).find(isDebianMain)
}

function entriesOf(path) {
  return path.endsWith('.sources') ? stanzas(readText(path)) : lines(readText(path))
}

function stanzas(text) {
  return text.split(/\n\s*\n/).map((stanza) => {
    const field = (name) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(stanza)?.[1]
    return {
      uri: field('URIs'),
      suite: field('Suites'),
      signedBy: pathOrNothing(field('Signed-By')),
    }
  })
}

function lines(text) {
  return [...text.matchAll(/^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)/gm)].map(
    ([, options = '', uri, suite]) => ({
      uri,
      suite,
      signedBy: pathOrNothing(/signed-by=(\S+)/.exec(options)?.[1]),
    }),
  )
}

function isDebianMain({ uri, suite }) {
  return Boolean(uri && suite && suites.test(suite) && !/security/.test(`${uri} ${suite}`))
}

function pathOrNothing(text) {
  return text?.startsWith('/') ? text : undefined
}

function readText(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
