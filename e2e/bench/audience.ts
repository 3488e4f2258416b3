import { BareSocket, type Visit } from './bare-socket.ts'
import { type Counting, marksIn } from './marks.ts'

/** Sockets to be opened: the same visit for all but for `{}`, which stands for what each is given. */
export interface Opening {
  readonly visit: Visit
  readonly each: readonly string[]
  /** How many are on their way at a time. */
  readonly atATime: number
}

/** A socket that counts its messages. */
interface Seat extends Counting {
  socket: BareSocket | undefined
  heard: number
}

const PING = '"type":"ping"'
const PONG = '{"type":"pong"}'
/** Longer chunks hold more than a ping. */
const PING_BYTES_MAX = 64

/** Many sockets, and how many messages each of them has got. */
export class Audience {
  /** Told of each chunk with messages: whose it is, and the number of its newest message. */
  onHeard: (seat: number, heard: number, marks: number) => void = () => undefined
  readonly #seats: Seat[] = []

  get sockets(): readonly BareSocket[] {
    return this.#seats.map(({ socket }) => socket).filter((socket) => socket !== undefined)
  }

  /** How many have got so many messages. */
  whole(messages: number): number {
    return this.#seats.filter(({ heard }) => heard === messages).length
  }

  /** The greatest number of messages that one has got. */
  get heardMax(): number {
    return this.#seats.reduce((most, { heard }) => Math.max(most, heard), 0)
  }

  /** Opens all of them, a few at a time; each is set up before the next takes its turn. */
  async open({ visit, each, atATime }: Opening): Promise<void> {
    const waiting = each.entries()
    const opener = async () => {
      for (const [, given] of waiting) await this.#open(filledIn(visit, given))
    }
    await Promise.all(Array.from({ length: atATime }, opener))
  }

  drop(): void {
    for (const socket of this.sockets) socket.drop()
    this.#seats.length = 0
  }

  async #open(visit: Visit): Promise<void> {
    const seat: Seat = { socket: undefined, heard: 0, isWithin: false }
    const index = this.#seats.push(seat) - 1
    const socket = await BareSocket.open(visit, (chunk) => this.#count(chunk, { index, seat }))
    seat.socket = socket
    socket.onClose(() => {
      throw new Error('a server has closed a socket')
    })
  }

  #count(chunk: Buffer, { index, seat }: { index: number; seat: Seat }): void {
    if (chunk.length <= PING_BYTES_MAX && chunk.includes(PING)) seat.socket?.say(PONG)
    const marks = marksIn(chunk, seat)
    if (marks === 0) return
    seat.heard += marks
    this.onHeard(index, seat.heard, marks)
  }
}

const filledIn = ({ path, protocols, steps, ...visit }: Visit, given: string): Visit => ({
  ...visit,
  path: path.replace('{}', given),
  ...(protocols !== undefined && { protocols: protocols.replace('{}', given) }),
  steps: steps.map(({ after, say }) => ({ after, say: say.replace('{}', given) })),
})
