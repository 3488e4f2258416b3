import { Duplex } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Turn } from './turn.ts'

/** Counts what would be system calls. */
class Counted extends Duplex {
  writes: number[] = []

  override _write(...[, , done]: Parameters<Duplex['_write']>): void {
    this.writes.push(1)
    done()
  }

  override _writev(...[chunks, done]: Parameters<NonNullable<Duplex['_writev']>>): void {
    this.writes.push(chunks.length)
    done()
  }
}

test('what is written within one turn leaves in one write, also from later callbacks of that turn', async () => {
  const [turn, socket] = [new Turn(), new Counted()]
  const write = () => {
    turn.join(socket)
    socket.write('x')
  }
  write()
  write()
  await Promise.resolve()
  write()
  process.nextTick(write)
  await nextTurn()
  expect(socket.writes).toEqual([4])
})

test('the next turn is another write, and sockets do not wait for one another', async () => {
  const [turn, one, two] = [new Turn(), new Counted(), new Counted()]
  turn.join(one)
  one.write('x')
  turn.join(two)
  two.write('x')
  await nextTurn()
  turn.join(one)
  one.write('x')
  await nextTurn()
  expect([one.writes, two.writes]).toEqual([[1, 1], [1]])
})
