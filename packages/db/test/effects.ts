import { type EventDeclaration, earnings } from '@meshboard/contracts'
import type { Received } from '@meshboard/kit'
import type { TestMesh } from '@meshboard/testkit'
import { type Tx, consumer } from '../src/index.ts'
import type { Deps, creditOf } from './fake-network.ts'

type Credit = ReturnType<typeof creditOf>
type Handle = (received: Received<EventDeclaration> & { tx: Tx; credit: Credit }) => Promise<void>

/** Makes the tables in which effects are counted and states kept. */
export const makeEffects = (mesh: TestMesh): Promise<unknown> =>
  mesh.admin.raw(`
    create table network.effects (at bigint generated always as identity, event_id text, user_id text);
    create table network.newest (user_id text primary key, n bigint not null, amount text not null);
    grant select, insert, update on network.effects, network.newest to network_app;
  `)

/** A consumer of credits that notes each effect, in the transaction; `handle` is called after. */
export const noting = (handle: Handle = () => Promise.resolve(), replayable = false) =>
  consumer({
    name: 'addPointsOnCredited',
    event: earnings.events.credited,
    replayable,
    async handle(received, _deps: Deps) {
      const credit = received.data as Credit
      await received.tx.raw('insert into effects (event_id, user_id) values (?, ?)', [
        received.id,
        credit.user_id,
      ])
      await handle({ ...received, credit })
    },
  })

/** Keeps the amount of the newest event of a user, whatever order they come in. */
export const keepNewest: Handle = async ({ tx, n, credit }) => {
  await tx.raw(
    `insert into newest as kept (user_id, n, amount) values (?, ?, ?)
     on conflict (user_id) do update set n = excluded.n, amount = excluded.amount
     where kept.n < excluded.n`,
    [credit.user_id, n, credit.amount],
  )
}

/** The ids of the events that took effect, in the order in which they did. */
export const effectsIn = async (mesh: TestMesh): Promise<string[]> => {
  const rows = await mesh.admin
    .withSchema('network')
    .table('effects')
    .orderBy('at')
    .select('event_id')
  return rows.map(({ event_id }) => event_id)
}
