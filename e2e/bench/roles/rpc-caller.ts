import { network } from '@meshboard/contracts'
import { startService } from '@meshboard/kit'
import { type Loop, closedLoop } from '../closed-loop.ts'
import { bodyOf } from '../body.ts'
import { playRole } from '../role.ts'
import { caller } from '../stand-ins.ts'

interface Setup {
  env: Record<string, string>
  token: string
  bodyBytes: number
}

await playRole(async ({ env, token, bodyBytes }: Setup) => {
  const running = await startService(caller, env)
  const { rpc } = running.runtime
  const body = bodyOf(bodyBytes)
  const call = () => rpc.call(network.procedures.echo, body, { token })
  return {
    orders: { load: (loop: Loop) => closedLoop(call, loop) },
    close: () => running.stop(),
  }
})
