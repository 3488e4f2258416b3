// Goal: what a client sent ahead of its rate is handled, whenever the clock moves.
// Method: a clock that moves each time it is looked at, so that a message may become due between two looks.
import { afterEach, expect, test, vi } from 'vitest'
import { Inbox, type InboxParts } from './inbox.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test.for([0.1, 0.3, 0.7])(
  'nothing stays held when each look at the clock takes %d ms',
  (lookMs) => {
    let now = 0
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    vi.spyOn(performance, 'now').mockImplementation(() => (now += lookMs))
    const socket = { pause: vi.fn(), resume: vi.fn() }
    const handled: string[] = []
    const inbox = new Inbox({
      websocket: socket as unknown as InboxParts['websocket'],
      perSecond: 1_000,
      burst: 1,
      heldMax: 100,
      receive: (text) => void handled.push(text),
      onLimit: () => {},
      onOverflow: () => {},
    })
    const sent = Array.from({ length: 50 }, (_, n) => String(n))
    for (const text of sent) inbox.take(text)
    vi.runAllTimers()
    expect(handled).toEqual(sent)
    expect(socket.resume).toHaveBeenCalled()
  },
)
