import { auth, feedSubjects } from '@meshboard/contracts'
import type { Running, Runtime, Task } from '@meshboard/kit'
import type { Config } from './config.ts'
import type { Connection } from './connection.ts'
import type { Deps } from './deps.ts'
import { toLiveEvent } from './feed-event.ts'

const { name, topic } = auth.events.roleChanged

/**
 * Ends the sockets that show more than what is their user's own, once that user's roles are others: a
 * token says what its user might do when it was made, and such a socket outlives it.
 */
export const roleChanges: Task<Deps, Config> = {
  name: 'role changes',
  start({ broker }: Runtime<Config>, { connections }: Deps): Promise<Running> {
    return broker.subscribe(feedSubjects('auth', topic), (message) => {
      const event = toLiveEvent(message, 1)
      if (event?.name !== name) return
      for (const connection of connections)
        if (connection.login.userId === event.key && showsOthers(connection))
          connection.close('revoked')
    })
  },
}

const showsOthers = ({ door, login }: Connection): boolean =>
  door.watches(login.required.roles).some(({ channel }) => channel.audience === 'any')
