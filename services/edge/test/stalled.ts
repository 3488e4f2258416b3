import type { Connection } from '../src/connection.ts'
import type { EdgeMesh } from './harness.ts'
import type { TestKey } from './test-auth.ts'
import { type Frame, type TestSocket, signedIn } from './test-socket.ts'

/** A client that watches a channel and has stopped reading, with what the edge holds for it. */
export interface Stalled {
  readonly socket: TestSocket
  readonly connection: Connection
  /** The most bytes that waited for it, as far as seen. */
  mostBytes(): number
  /** Reads again. */
  speedUp(): void
}

export const stalled = async (
  mesh: EdgeMesh,
  key: TestKey,
  channel = 'earnings',
): Promise<Stalled> => {
  const before = new Set(mesh.deps.connections)
  const socket = await signedIn(mesh, key)
  const [connection] = [...mesh.deps.connections].filter((one) => !before.has(one))
  if (!connection) throw new Error('no connection')
  socket.send({ type: 'subscribe', id: 1, channel })
  await socket.answer(1)
  socket.websocket.pause()
  let most = 0
  const look = setInterval(() => (most = Math.max(most, connection.outbound.bytes)), 2)
  socket.websocket.once('close', () => clearInterval(look))
  return {
    socket,
    connection,
    mostBytes: () => most,
    speedUp: () => socket.websocket.resume(),
  }
}

export const numbersOf = (frames: readonly Frame[]): number[] => frames.map(({ n }) => n)

/** 1 to `count`. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)
