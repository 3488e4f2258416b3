import type { ChannelName } from '@meshboard/contracts/client'
import type { ClassOf } from './mesh-types.ts'

/**
 * The class of every channel. The contracts have it too; here it is without their schemas, which
 * are heavy for a browser. A channel left out or of another class does not compile.
 */
export const CHANNEL_CLASSES: { readonly [C in ChannelName]: ClassOf<C> } = {
  earnings: 'log',
  network: 'state',
  notifications: 'log',
  referrals: 'log',
}
