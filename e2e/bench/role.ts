import { startWindow } from './window.ts'

/** What a process of a bench does when it is asked, by the name of the order. */
export type Orders = Readonly<Record<string, (input: never) => unknown>>

/** An order on its way to a role, and what comes back. */
export interface Order {
  readonly id: number
  readonly order: string
  readonly input: unknown
}
export interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

/**
 * What a role's file runs: opens with what it was given, then carries out orders until it is told
 * to stop. `begin` and `end` enclose a measured window; `end` gives the processor time of it.
 */
export const playRole = async <Setup>(
  open: (setup: Setup) => Promise<{ orders: Orders; close: () => Promise<void> }>,
): Promise<void> => {
  const { orders, close } = await open(JSON.parse(process.argv[2] ?? '{}') as Setup)
  const window = startWindow()
  const stop = async () => {
    await close()
    setImmediate(() => process.exit(0))
  }
  const all: Orders = { begin: () => window.begin(), end: () => window.end(), stop, ...orders }
  process.on('message', ({ id, order, input }: Order) => {
    const run = all[order] as ((given: unknown) => unknown) | undefined
    Promise.resolve()
      .then(() => (run ? run(input) : Promise.reject(new Error(`no order ${order}`))))
      .then(
        (result) => send({ id, result }),
        (error: unknown) => send({ id, error: textOf(error) }),
      )
  })
  process.on('disconnect', () => process.exit(1))
  send({ id: 0 })
}

const send = (reply: Reply): void => void process.send?.(reply)

const textOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
