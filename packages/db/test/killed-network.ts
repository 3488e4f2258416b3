// A process with a consumer that is killed between an effect and its acknowledgement, after so many
// events: `KILL_AFTER=3 node killed-network.ts`.
import { type AnyConsumer, processEnvironment, startService } from '@meshboard/kit'
import { noting } from './effects.ts'
import { type Deps, fakeNetwork } from './fake-network.ts'

const killAfter = Number(process.env['KILL_AFTER'])
const inner = noting()
let handled = 0

const killing: AnyConsumer<Deps> = {
  ...inner,
  async handle(received: Parameters<typeof inner.handle>[0], deps: Deps) {
    await inner.handle(received, deps)
    handled += 1
    if (handled === killAfter) process.kill(process.pid, 'SIGKILL')
  },
}

await startService(fakeNetwork({ consumers: [killing] }), processEnvironment())
process.stdout.write('started\n')
