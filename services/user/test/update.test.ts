import { user } from '@meshboard/contracts'
import { type TestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aUser, startUser } from './start-user.ts'

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startUser({ USER_PREFERENCES_MAX: '3' })
})
afterAll(() => mesh.stop())

const { get, update } = user.procedures
const changesOf = async (id: string) =>
  (await mesh.published(user.events.profileChanged)).filter(({ user_id }) => user_id === id)

test('what is given changes, what is not stays, and what changed is told without its values', async () => {
  const { caller } = await aUser(mesh)
  await mesh.call(update, { description: 'Ann, from here' }, caller)
  const changed = await mesh.call(update, { preferences: { theme: 'dark' } }, caller)
  expect(changed).toMatchObject({ description: 'Ann, from here', preferences: { theme: 'dark' } })
  expect(await mesh.call(get, {}, caller)).toEqual(changed)
  expect(Date.parse(changed.updated_at)).toBeGreaterThan(Date.parse(changed.created_at))
  const [user_id, changed_at] = [caller.userId, expect.any(String)]
  expect(await changesOf(user_id)).toEqual([
    { user_id, fields: ['description'], changed_at },
    { user_id, fields: ['preferences'], changed_at },
  ])
})

test('preferences that are given replace all there were', async () => {
  const { caller } = await aUser(mesh)
  await mesh.call(update, { preferences: { theme: 'dark', lang: 'en' } }, caller)
  const { preferences } = await mesh.call(update, { preferences: { lang: 'fr' } }, caller)
  expect(preferences).toEqual({ lang: 'fr' })
})

test('what is so already changes nothing and tells nobody', async () => {
  const { caller } = await aUser(mesh)
  const asked = { description: 'Ann', preferences: { theme: 'dark', lang: 'en' } }
  const once = await mesh.call(update, asked, caller)
  const twice = await mesh.call(update, asked, caller)
  await mesh.call(update, {}, caller)
  expect(twice).toEqual(once)
  expect(await changesOf(caller.userId)).toHaveLength(1)
})

test('changes at a time are all kept', async () => {
  const { caller } = await aUser(mesh)
  await Promise.all([
    mesh.call(update, { description: 'Ann' }, caller),
    mesh.call(update, { preferences: { theme: 'dark' } }, caller),
  ])
  const kept = { description: 'Ann', preferences: { theme: 'dark' } }
  expect(await mesh.call(get, {}, caller)).toMatchObject(kept)
})

test('the same change asked for twice at a time is told once', async () => {
  const { caller } = await aUser(mesh)
  const { userId } = caller
  const { calls } = await mesh.admin.transaction(async (tx) => {
    await tx('user.profiles').where({ user_id: userId }).forUpdate()
    const asked = [1, 2].map(() => mesh.call(update, { description: 'Ann' }, caller))
    await until(async () => {
      const { rows } = await mesh.admin.raw(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
      return rows.length === 2
    })
    return { calls: asked }
  })
  await Promise.all(calls)
  expect(await changesOf(userId)).toHaveLength(1)
})

test('more settings than can be kept are refused by field', async () => {
  const { caller } = await aUser(mesh)
  const preferences = { a: '1', b: '2', c: '3', d: '4' }
  const failure = await mesh.callFails(update, { preferences }, caller)
  expect(failure).toMatchObject({
    code: 'invalid',
    fields: { preferences: ['At most 3 settings.'] },
  })
})

test('who has no profile changes none', async () => {
  const failure = await mesh.callFails(update, { description: 'me' }, await mesh.user())
  expect(failure.code).toBe('not_found')
})
