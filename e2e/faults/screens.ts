import { type Client, type Failure, createClient } from '@meshboard/client'
import { type TestUser, until } from '@meshboard/testkit'
import type { Ask } from './load.ts'

/** One user's screen: it shows the credits as they come, whatever happens to its connection. */
export interface Screen {
  readonly user: TestUser
  readonly client: Client
  /** The numbers of the events it was given, in the order it was given them. */
  readonly shown: number[]
  readonly gaps: string[]
}

/** Opens a screen for each user, at most 200 on their way at a time. */
export const openScreens = async (
  edgeUrl: string,
  users: readonly TestUser[],
): Promise<readonly Screen[]> => {
  const screens: Screen[] = []
  for (let from = 0; from < users.length; from += 200)
    screens.push(...(await Promise.all(users.slice(from, from + 200).map(openOne(edgeUrl)))))
  return screens
}

const openOne =
  (edgeUrl: string) =>
  async (user: TestUser): Promise<Screen> => {
    const client = createClient({
      url: `${edgeUrl}/ws/v1`,
      credentials: { token: () => user.token },
    })
    const screen: Screen = { user, client, shown: [], gaps: [] }
    client.on('gap', (gap) => screen.gaps.push(JSON.stringify(gap)))
    await client.connect()
    const watch = client.channel('earnings').watch({
      onEvent: ({ position }) => screen.shown.push(position.n),
    })
    await watch.ready
    return screen
  }

/** Waits until each screen has shown as many events as there are, and throws unless each came once, in order. */
export const shownWhole = async (
  screens: readonly Screen[],
  countOf: (userId: string) => number,
): Promise<void> => {
  for (const { user, shown, gaps } of screens) {
    const count = countOf(user.userId)
    await until(() => shown.length >= count, {
      ms: 60_000,
      late: `${user.userId} was shown ${shown.length} of ${count} events`,
    })
    const wrong = shown.findIndex((n, index) => n !== index + 1)
    if (wrong >= 0 || shown.length > count || gaps.length > 0)
      throw new Error(
        `${user.userId} was shown ${shown.slice(Math.max(0, wrong - 3), wrong + 3)} of ${count}, gaps ${gaps}`,
      )
  }
}

export const closeScreens = (screens: readonly Screen[]): void => {
  for (const { client } of screens) client.close()
}

/** Each asks over its own socket in turn. */
export const overSockets = (screens: readonly Screen[]): Ask => {
  return async (turn) => {
    try {
      await screens[turn % screens.length]?.client.earnings.getSummary({})
      return undefined
    } catch (error) {
      return `socket call: ${String(error)} ${JSON.stringify((error as Failure).details)}`
    }
  }
}
