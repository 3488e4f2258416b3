// A process with a consumer that some events kill: `node crashing-network.ts`, with a service's environment.
import { startService } from '../src/index.ts'
import { processEnvironment } from '../src/config.ts'
import { creditIn } from './credits.ts'
import { fakeNetwork } from './fake-network.ts'

/** The amount of an event that ends the process as a crash would. */
const DEADLY = '6.660000'

await startService(
  fakeNetwork({
    async handle(received) {
      if (creditIn(received).amount === DEADLY) process.kill(process.pid, 'SIGKILL')
      process.stdout.write(`handled ${received.id}\n`)
    },
  }),
  processEnvironment(),
)
process.stdout.write('started\n')
