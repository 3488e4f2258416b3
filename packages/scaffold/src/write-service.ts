import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Names, fillIn } from './names.ts'

const TEMPLATES = fileURLToPath(new URL('../templates', import.meta.url))
const ENDING = '.template'

/** Writes the contract and the files of the service, as the templates have them. */
export const writeService = async (root: string, names: Names): Promise<void> => {
  for (const template of await templateNames()) {
    const target = join(root, targetOf(template, names))
    await mkdir(dirname(target), { recursive: true })
    const text = await readFile(join(TEMPLATES, template), 'utf8')
    await writeFile(target, fillIn(text, names), { flag: 'wx' })
  }
}

const templateNames = async (): Promise<string[]> =>
  (await readdir(TEMPLATES, { recursive: true })).filter((path) => path.endsWith(ENDING))

const targetOf = (template: string, { name }: Names): string =>
  template
    .slice(0, -ENDING.length)
    .replace(/^contract\/contract\.ts$/, `packages/contracts/src/${name}.ts`)
    .replace(/^service\//, `services/${name}/`)
    .replace(/readme\.md$/, 'README.md')
