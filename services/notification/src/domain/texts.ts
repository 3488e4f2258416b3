import type { DataOf, network, referral } from '@meshboard/contracts'
import type { Telling } from './notification.ts'

type Told = DataOf<typeof referral.events.applied>
type Reward = DataOf<typeof referral.events.rewardEarned>
type Offline = DataOf<typeof network.events.disconnected>

/** Characters shown of a message that is not ours. */
const MESSAGE_MAX = 200

/** To the side that the event is for. */
export const referralApplied = (told: Told): Telling => ({
  ...aboutReferral(told, 'referral_applied'),
  ...(isReferee(told)
    ? {
        title: 'Referral code applied',
        body: 'Your referral code was accepted. Who invited you gets points once you have earned enough.',
      }
    : {
        title: 'Your referral code was used',
        body: 'Somebody joined with your code. You get points once they have earned enough.',
      }),
})

/** To the referee; none for the referrer, who hears of it with the reward. */
export const referralCompleted = (told: Told): Telling | undefined =>
  isReferee(told)
    ? {
        ...aboutReferral(told, 'referral_completed'),
        title: 'Referral completed',
        body: 'You have earned enough for your referral to count. Who invited you is rewarded for it.',
      }
    : undefined

/** To who gets the points. */
export const referralRewarded = (reward: Reward): Telling => {
  const about = aboutReferral(reward, 'referral_rewarded')
  const amount = spoken(reward.points)
  const who =
    reward.level === 1 ? 'Somebody you invited' : `Somebody ${reward.level} levels below you`
  return {
    ...about,
    title: `Referral reward: ${amount}`,
    body: `${who} has earned enough, and you get ${amount} for it.`,
    data: { ...about.data, points: reward.points },
  }
}

/** To the device's owner. Why it is offline, only the connection's own message says. */
export const deviceOffline = (connection: Offline): Telling => ({
  userId: connection.user_id,
  dedupeKey: `device_offline/${connection.id}/${connection.updated_at}`,
  kind: 'device_offline',
  title: `${connection.device_id} is offline`,
  body: [
    `${connection.device_id} on ${connection.network_name} earns nothing now.`,
    connection.status_message.slice(0, MESSAGE_MAX),
  ]
    .join(' ')
    .trimEnd(),
  data: {
    connection_id: connection.id,
    device_id: connection.device_id,
    network_name: connection.network_name,
    at: connection.updated_at,
  },
})

const isReferee = ({ user_id, referee_id }: Told): boolean => user_id === referee_id

const aboutReferral = (told: Told, kind: string) => ({
  userId: told.user_id,
  dedupeKey: `${kind}/${told.referral_id}`,
  kind,
  data: {
    referral_id: told.referral_id,
    referrer_id: told.referrer_id,
    referee_id: told.referee_id,
    level: String(told.level),
  },
})

/** Points as a person says them: `0.8 points`. */
const spoken = (points: string): string => {
  const short = points.replace(/\.?0+$/, '')
  return short === '1' ? '1 point' : `${short} points`
}
