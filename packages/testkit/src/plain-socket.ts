import { WebSocket } from 'ws'
import { until } from './until.ts'

/** How a socket is opened that is to come from somewhere, or to say something. */
export interface Coming {
  /** The address it comes from. */
  readonly localAddress?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A WebSocket as any client would open it, that keeps every JSON frame it gets. */
export class PlainSocket<Frame> {
  readonly frames: Frame[] = []
  readonly #socket: WebSocket

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => this.frames.push(JSON.parse(String(data)) as Frame))
  }

  /** Resolved once the socket is open; throws with the status when the upgrade is refused. */
  static async open<Frame>(url: string, coming: Coming = {}): Promise<PlainSocket<Frame>> {
    const socket = new WebSocket(url, coming)
    const opened = new PlainSocket<Frame>(socket)
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return opened
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  send(frame: unknown): void {
    this.#socket.send(JSON.stringify(frame))
  }

  /** The first frame, from now or before, that is what `matches` wants. */
  expect(matches: (frame: Frame) => boolean, ms = 20_000): Promise<Frame> {
    return until(() => this.frames.find(matches), {
      ms,
      late: `the frame did not come; these did: ${JSON.stringify(this.frames).slice(0, 500)}`,
    })
  }

  close(): void {
    this.#socket.close()
  }
}
