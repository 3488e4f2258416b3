import {
  type DataOf,
  type OutputOf,
  network,
  notification,
  type referral,
} from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { type TestMesh, type TestUser, startTestMesh } from '@meshboard/testkit'
import { service } from '../src/index.ts'

/** A mesh in which only notification runs. */
export const startNotification = async (env: Record<string, string> = {}): Promise<TestMesh> => {
  const mesh = await startTestMesh()
  await mesh.start(service, env)
  return mesh
}

type Told = DataOf<typeof referral.events.rewardEarned>
type Connection = DataOf<typeof network.events.disconnected>

/** What a referral says to one of its sides. */
export const telling = (side: 'referrer' | 'referee', changes: Partial<Told> = {}): Told => {
  const told = {
    referral_id: newId('referral'),
    referrer_id: newId('user'),
    referee_id: newId('user'),
    level: 1,
    status: 'pending' as const,
    points: '0.800000',
    at: '2026-11-21T09:30:00.000Z',
    ...changes,
  }
  return { ...told, user_id: changes.user_id ?? told[`${side}_id`] }
}

/** A device that has just gone offline. */
export const offline = (user_id: string, changes: Partial<Connection> = {}): Connection => ({
  id: newId('connection'),
  user_id,
  device_id: 'laptop',
  network_name: 'home',
  connected: false,
  status: 'disconnected',
  status_message: 'Offline: nothing heard of the device for 60 s.',
  connection_time: 600,
  network_score: 80,
  points_earned: '8.000000',
  created_at: '2026-11-21T09:00:00.000Z',
  updated_at: '2026-11-21T09:30:00.000Z',
  ...changes,
})

/** Tells a user of `count` devices of their own. */
export const tellTimes = async (...[mesh, userId, count]: [TestMesh, string, number]) => {
  for (let nth = 1; nth <= count; nth += 1)
    await mesh.deliver(network.events.disconnected, offline(userId, { device_id: `device-${nth}` }))
}

/** A user's inbox, the newest first. */
export const inboxOf = async (
  mesh: TestMesh,
  user: TestUser,
): Promise<OutputOf<typeof notification.procedures.list>['notifications']> =>
  (await mesh.call(notification.procedures.list, { limit: 100 }, user)).notifications

/** What was published for a user as told to them, in order. */
export const createdFor = async (mesh: TestMesh, userId: string) =>
  (await mesh.published(notification.events.created)).filter(({ user_id }) => user_id === userId)
