import { setTimeout as sleep } from 'node:timers/promises'
import type { EdgeMesh } from './harness.ts'
import { type Frame, TestSocket } from './test-socket.ts'

/** A good client beside the bad ones: it calls in turn and notes how long each answer took. */
export class Neighbour {
  /** Milliseconds, one for each call. */
  readonly took: number[] = []
  /** What calls made one after the other were refused with. */
  readonly refused: string[] = []
  readonly #socket: TestSocket
  readonly #waiting = new Map<number, (answer: Frame) => void>()
  #calls = 0
  #isOver = false

  private constructor(socket: TestSocket) {
    this.#socket = socket
    socket.websocket.on('message', () => {
      for (const frame of socket.frames.splice(0)) this.#waiting.get(frame['id'])?.(frame)
      socket.texts.length = 0
    })
  }

  static async open(mesh: EdgeMesh, url = mesh.url('/ws/v1')): Promise<Neighbour> {
    mesh.answers['network.echo'] = ({ input }) => input
    const socket = new TestSocket(url)
    await socket.next('welcome')
    socket.send({
      type: 'hello',
      token: mesh.auth.token(mesh.auth.enroll().userId, { seconds: 36_000 }),
    })
    await socket.next('auth_success')
    return new Neighbour(socket)
  }

  /** Calls, once more where a busy machine has it come back later. Throws when the answer is not its own. */
  async call(): Promise<void> {
    const id = (this.#calls += 1)
    const began = performance.now()
    const answered = new Promise<Frame>((resolve) => this.#waiting.set(id, resolve))
    this.#socket.send({ type: 'call', id, procedure: 'network.echo', data: { data: `n${id}` } })
    const late = sleep(10_000, { code: 'late' }, { ref: false })
    const { data, code }: Frame = await Promise.race([answered, late])
    this.#waiting.delete(id)
    if (code === 'overloaded') return sleep(100).then(() => this.call())
    if (data?.data !== `n${id}`) throw new Error(`call ${id} was answered with ${code}`)
    this.took.push(performance.now() - began)
  }

  /** Calls every so often while `work` runs; gives the 99th percentile of its answers, milliseconds. */
  async during(everyMs: number, work: () => Promise<void>): Promise<number> {
    const from = this.took.length
    this.#isOver = false
    const calling = this.#keepCalling(everyMs)
    await work().finally(() => (this.#isOver = true))
    await calling
    const sorted = this.took.slice(from).toSorted((one, other) => one - other)
    return sorted[Math.floor(sorted.length * 0.99)] ?? 0
  }

  close(): Promise<void> {
    return this.#socket.close()
  }

  async #keepCalling(everyMs: number): Promise<void> {
    while (!this.#isOver) {
      await this.call().catch((error: Error) => this.refused.push(error.message))
      await sleep(everyMs)
    }
  }
}
