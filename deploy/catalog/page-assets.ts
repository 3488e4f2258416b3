import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../packages/catalog/assets', import.meta.url))

/** What the catalog's pages load, in one file that goes wherever compiled code goes. */
export const pageAssets = (): string => {
  const names = readdirSync(folder).toSorted()
  const texts = names.map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')] as const)
  return `${JSON.stringify(Object.fromEntries(texts), null, 2)}\n`
}
