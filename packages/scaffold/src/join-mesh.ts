import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Names, fillIn } from './names.ts'

/** A line that goes into a list, in front of what stands at its end. */
interface Entry {
  readonly path: string
  readonly before: RegExp
  readonly text: string
}

const reference = (path: string, root: string): Entry => ({
  path,
  before: new RegExp(`^ *\\{ "path": "${root}services/edge" \\}`, 'm'),
  text: `    { "path": "${root}services/__name__" },\n`,
})

const LISTS: readonly Entry[] = [
  {
    path: 'packages/contracts/src/mesh.ts',
    before: /^\n\/\*\* Every contract of the mesh/m,
    text: "import { __camel__ } from './__name__.ts'\n",
  },
  { path: 'packages/contracts/src/mesh.ts', before: /,?\s*\} as const$/m, text: ', __key__' },
  {
    path: 'packages/contracts/src/index.ts',
    before: /^export \{ StreamState/m,
    text: "export { __camel__ } from './__name__.ts'\n",
  },
  {
    path: 'deploy/src/mesh.ts',
    before: /^\n\/\*\* Every service and door/m,
    text: "import * as __camel__ from '@meshboard/__name__'\n",
  },
  { path: 'deploy/src/mesh.ts', before: /^ {2}edge\.service,/m, text: '  __camel__.service,\n' },
  {
    path: 'deploy/src/mesh.ts',
    before: /^\}\s*$(?![\s\S]*^\}\s*$)/m,
    text: "  '__name__': __camel__.migrations,\n",
  },
  {
    path: 'deploy/package.json',
    before: /^ {4}"@meshboard\/network": /m,
    text: '    "@meshboard/__name__": "workspace:*",\n',
  },
  reference('tsconfig.json', ''),
  reference('tsconfig.test.json', ''),
  reference('deploy/tsconfig.json', '../'),
]

/** Puts a service into every list of the mesh. Throws, naming the file, when one has lost its place. */
export const joinMesh = async (root: string, names: Names): Promise<void> => {
  const texts = new Map<string, string>()
  for (const entry of LISTS) {
    const { path } = entry
    texts.set(path, withEntry(texts.get(path) ?? (await readFile(join(root, path), 'utf8')), entry))
  }
  const { name, camel } = names
  const key = name === camel ? camel : `'${name}': ${camel}`
  for (const [path, text] of texts)
    await writeFile(join(root, path), fillIn(text.replace('__key__', key), names))
}

const withEntry = (list: string, { path, before, text }: Entry): string => {
  const at = list.search(before)
  if (at < 0) throw new Error(`${path} has no place for the service: ${before} is not in it`)
  return `${list.slice(0, at)}${text}${list.slice(at)}`
}
