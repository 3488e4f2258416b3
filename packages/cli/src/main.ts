import { runMesh } from './program.ts'
import { processTerminal } from './terminal.ts'

// Who reads the output may have had enough of it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await runMesh(process.argv.slice(2), {
  terminal: processTerminal(),
  services: async () => (await import('@meshboard/deploy')).services,
})
