import { once } from 'node:events'
import { createClient } from '@meshboard/client'
import { type Bystanders, openAccount } from './account.ts'
import { Device } from './device.ts'
import { type AgentOptions, deviceIdOf } from './options.ts'
import { tellConnection } from './tell-connection.ts'
import { tellCredits } from './tell-credits.ts'

/** Is a device until `signal` says stop. Throws what no further attempt can mend. */
export const run = async (options: AgentOptions, { report, signal }: Bystanders): Promise<void> => {
  const { key } = await openAccount(options, { report, signal })
  const url = `${options.server.replace(/\/$/, '')}/ws/v1`
  const client = createClient({ url, credentials: { key } })
  const device = new Device({
    client,
    report,
    deviceId: options.device ?? deviceIdOf(key.publicKey),
    networkName: options.network,
    heartbeatEveryMs: options.every * 1_000,
    echoEveryMs: options.echoEvery * 1_000,
  })
  tellConnection(client, report)
  try {
    await Promise.race([device.run(), tellCredits(client, report), stopped(signal)])
  } finally {
    await device.stop()
  }
}

const stopped = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort')
}
