import { NOBODYS } from '@meshboard/contracts'
import { BrokerError, type BrokerOptions, connectBroker } from '@meshboard/kit'
import { type Finding, bad, ok } from './finding.ts'

const WAIT_MS = 2_000

/** Whether the broker holds a user to what it may: on a subject that nobody may publish to. */
export const judgePermissions = async (
  options: Omit<BrokerOptions, 'onFault'>,
): Promise<Finding> => {
  const check = `rights of ${options.service}`
  const broker = await connectBroker({ ...options, onFault: () => undefined })
  try {
    await broker.request(NOBODYS, new Uint8Array(), { deadline: Date.now() + WAIT_MS })
  } catch (error) {
    if (error instanceof BrokerError && error.fault === 'forbidden')
      return ok(check, 'a forbidden publish is refused')
  } finally {
    await broker.close()
  }
  return bad(
    check,
    'may publish what nobody may: the broker does not have the generated permissions',
    'Include deploy/nats/permissions.conf in its configuration and reload it.',
  )
}
