import { connections } from './0001-connections.ts'

export const migrations = { '0001-connections': connections }
