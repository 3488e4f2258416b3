import { type Command, Option } from 'commander'
import { type Graph, asDot, asMermaid, asText, graphOf } from '../graph.ts'
import type { Tools } from '../tools.ts'

const FORMATS = {
  text: asText,
  mermaid: asMermaid,
  dot: asDot,
  json: (graph: Graph) => [JSON.stringify(graph)],
} as const

interface GraphFlags {
  format: keyof typeof FORMATS
  json?: boolean
}

/** `mesh graph`: who calls and who hears of what. */
export const addGraph = (program: Command, { terminal, services }: Tools): void => {
  program
    .command('graph')
    .summary('who calls and hears whom')
    .description(
      'Who calls and who hears of what, as the contracts, uses and consumers of this build have it. Asks no broker.',
    )
    .addOption(new Option('--format <format>', 'how').choices(Object.keys(FORMATS)).default('text'))
    .option('--json', 'the same as --format json')
    .action(async ({ format, json }: GraphFlags) => {
      const graph = graphOf(await services())
      for (const line of FORMATS[json ? 'json' : format](graph)) terminal.line(line)
    })
}
