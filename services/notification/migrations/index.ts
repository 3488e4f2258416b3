import { notifications } from './0001-notifications.ts'

export const migrations = { '0001-notifications': notifications }
