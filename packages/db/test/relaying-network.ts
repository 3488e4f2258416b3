// A process that relays network's outbox, and may be stopped: `node relaying-network.ts`.
import { processEnvironment, startService } from '@meshboard/kit'
import { fakeNetwork } from './fake-network.ts'

await startService(fakeNetwork({}), processEnvironment())
process.stdout.write('started\n')
