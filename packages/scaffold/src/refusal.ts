import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { namesOf } from './names.ts'

const NAME = /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/
const NAME_MAX = 24
/** What JavaScript, the broker or the house keeps for itself. */
const KEPT =
  /^(await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|import|in|instanceof|new|null|operator|package|provisioner|return|static|super|switch|system|test|this|throw|true|try|typeof|utils?|helpers?|common|managers?|impl|misc|var|void|while|with|yield)$/

/** Why a service cannot be called that, in one sentence; undefined when it can. */
export const refusalOf = async (root: string, name: string): Promise<string | undefined> => {
  if (!NAME.test(name) || name.length > NAME_MAX)
    return `a service is called in kebab-case, like fraud-watch, with at most ${NAME_MAX} characters`
  if (KEPT.test(name)) return `"${name}" has another meaning; take another name`
  for (const place of [`services/${name}`, `packages/${name}`, name]) {
    if (existsSync(join(root, place))) return `${place} is there already; take another name`
  }
  return contractsRefuse(join(root, 'packages/contracts/src'), name)
}

const contractsRefuse = async (folder: string, name: string): Promise<string | undefined> => {
  if (existsSync(join(folder, `${name}.ts`)))
    return `packages/contracts/src/${name}.ts is there already; take another name`
  const { camel } = namesOf(name)
  const index = await readFile(join(folder, 'index.ts'), 'utf8')
  if (new RegExp(`\\b${camel}\\b`).test(index.replaceAll(/'[^']*'|\/\/.*/g, '')))
    return `the contracts export something called ${camel} already; take another name`
  const route = new RegExp(` /api/${name}[/']`)
  for (const file of await readdir(folder)) {
    if (file.endsWith('.ts') && route.test(await readFile(join(folder, file), 'utf8')))
      return `the route /api/${name} is taken in packages/contracts/src/${file}; take another name`
  }
  return undefined
}
