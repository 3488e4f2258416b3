import { newId } from '@meshboard/kit'
import type { Answers } from './fake-services.ts'

/** Has network answer every device as one that has just connected. */
export const answerDevices = (answers: Answers): void => {
  const now = '2026-11-21T09:00:00.000Z'
  const quality = { status: 'connected', connection_time: 0, network_score: 0 }
  const id = newId('connection')
  answers['network.connect'] = ({ caller, input }) => ({
    ...(input as { device_id: string; network_name: string }),
    ...{ ...quality, id, connected: true, status_message: '', points_earned: '0.000000' },
    ...{ user_id: (caller as unknown as { userId: string }).userId },
    ...{ created_at: now, updated_at: now },
  })
  answers['network.heartbeat'] = () => ({ ...quality, connection_id: id })
  answers['network.disconnect'] = () => ({})
}
