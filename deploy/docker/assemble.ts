/**
 * Puts what one program of the mesh runs into a folder: `node assemble.ts <program> <folder>`, from
 * the root of the repository, when everything is compiled. Of each package of ours that the program
 * is made of the folder gets the manifest and the compiled files, where they are here, and
 * `main.js`, which starts it.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const AS_THEY_ARE = ['LICENSE', 'package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']

const assemble = (program: string, target: string): void => {
  const own = program === 'tools' ? 'packages/cli' : `services/${program}`
  const main = mainOf(own)
  for (const folder of withImports(own)) {
    mkdirSync(join(target, folder), { recursive: true })
    cpSync(join(folder, 'package.json'), join(target, folder, 'package.json'))
    cpSync(join(folder, 'dist'), join(target, folder, 'dist'), { recursive: true })
  }
  for (const file of AS_THEY_ARE) cpSync(file, join(target, file))
  writeFileSync(join(target, 'main.js'), `import './${main}'\n`)
}

/** What starts a program of ours. */
const mainOf = (folder: string): string => {
  const places = [`${folder}/dist/src/main.js`, `${folder}/dist/main.js`]
  const main = places.find((place) => existsSync(place))
  if (main === undefined) throw new Error(`no program is in ${folder}: look at PROGRAM`)
  return main
}

/** The folder of a package, and those of all of ours that it imports. */
const withImports = (own: string): Set<string> => {
  const packages = packagesHere()
  const found = new Set<string>()
  const visit = (folder: string | undefined): void => {
    if (folder === undefined || found.has(folder)) return
    found.add(folder)
    const { dependencies = {} } = manifestOf(folder)
    for (const name of Object.keys(dependencies)) visit(packages.get(name))
  }
  visit(own)
  return found
}

/** The folders of our packages, by name. */
const packagesHere = (): ReadonlyMap<string, string> => {
  const inside = ['packages', 'services'].flatMap((parent) =>
    readdirSync(parent).map((name) => `${parent}/${name}`),
  )
  const folders = [...inside, 'deploy'].filter((one) => existsSync(join(one, 'package.json')))
  return new Map(folders.map((folder) => [manifestOf(folder).name, folder]))
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

const [program = '', target = ''] = process.argv.slice(2)
assemble(program, target)
