import { runMesh } from './program.ts'
import { processTerminal } from './terminal.ts'

process.exitCode = await runMesh(process.argv.slice(2), {
  terminal: processTerminal(),
  services: async () => (await import('@meshboard/deploy')).services,
})
