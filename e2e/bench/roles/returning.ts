import { Audience, type Opening } from '../audience.ts'
import { playRole } from '../role.ts'

interface Return extends Omit<Opening, 'each'> {
  /** How many messages each has missed. */
  missed: number
}

const WHOLE_MS_MAX = 120_000
const LOOK_MS = 2

const TICKET = /"ticket":"([^"]+)"/
const PLACE = /"seq":(\d+),"n":(\d+),"epoch":"([^"]+)"/

/** What a client has from an edge to come back with: its ticket, and where it stands. */
const keptOf = (heard: string): string => {
  const [, ticket = ''] = TICKET.exec(heard) ?? []
  const [, seq, n, epoch] = PLACE.exec(heard) ?? []
  const since = { seq: Number(seq), n: Number(n), epoch }
  return JSON.stringify([
    { type: 'hello', ticket },
    { type: 'subscribe', id: 1, channel: 'earnings', since },
  ])
}

/** Clients that were at one edge, and come back to another with what they have kept. */
await playRole(() => {
  const audience = new Audience()
  let kept: readonly string[] = []

  const arrive = async (opening: Opening) => {
    await audience.open(opening)
    kept = audience.sockets.map(({ heard }) => keptOf(heard))
    audience.drop()
  }

  /** Seconds until each has all it missed. Throws when one gets more, or does not get it in time. */
  const comeBack = async ({ visit, atATime, missed }: Return) => {
    const began = performance.now()
    await audience.open({ visit, atATime, each: kept })
    const openSeconds = (performance.now() - began) / 1_000
    while (audience.whole(missed) < kept.length) {
      if (audience.heardMax > missed) throw new Error('a client has got more than it missed')
      if (performance.now() - began > WHOLE_MS_MAX)
        throw new Error(`${audience.whole(missed)} of ${kept.length} are whole`)
      await new Promise((resume) => setTimeout(resume, LOOK_MS))
    }
    const gaps = audience.sockets.filter(({ heard }) => heard.includes('"type":"gap"')).length
    const refusals = audience.sockets.reduce((sum, socket) => sum + socket.refusals, 0)
    return { seconds: (performance.now() - began) / 1_000, openSeconds, gaps, refusals }
  }

  const close = () => Promise.resolve(audience.drop())
  return Promise.resolve({ orders: { arrive, comeBack }, close })
})
