import { type AddressInfo, type Socket, connect, createServer } from 'node:net'

/** A port whose other end a test decides: nobody, one server, then another. */
export interface SwitchedPath {
  readonly port: number
  /** Connections tried while there was somebody. */
  readonly taken: number
  /** Ends every connection; new ones go to that port, or are refused. */
  to(port: number | undefined): Promise<void>
}

/** Opens a path that leads nowhere. `to(undefined)` also closes it for good. */
export const openSwitchedPath = async (): Promise<SwitchedPath> => {
  const sockets = new Set<Socket>()
  let target = 0
  let taken = 0
  const listener = createServer((near) => {
    taken += 1
    const far = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => sockets.delete(from))
    }
  })
  const listen = (port: number) =>
    new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve))
  const closed = () =>
    new Promise<void>((resolve) => {
      if (listener.listening) listener.close(() => resolve())
      else resolve()
      for (const socket of sockets) socket.destroy()
    })
  await listen(0)
  const { port } = listener.address() as AddressInfo
  await closed()
  return {
    port,
    get taken() {
      return taken
    },
    async to(next) {
      await closed()
      target = next ?? 0
      if (next !== undefined) await listen(port)
    },
  }
}

/** The port in a URL. */
export const portOf = (url: string): number => Number(new URL(url).port)

/** The same server, by way of a path. */
export const through = (url: string, path: SwitchedPath): string => {
  const there = new URL(url)
  there.port = String(path.port)
  return there.href
}
