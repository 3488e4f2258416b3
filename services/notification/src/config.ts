import { databaseConfig } from '@meshboard/db'
import { type ConfigOf, defineConfig, integer } from '@meshboard/kit'

export const config = defineConfig({
  ...databaseConfig,
  repeatMinutes: integer({
    env: 'NOTIFICATION_REPEAT_MINUTES',
    meaning:
      'Time in which a device that goes offline again is not told of again, while its user has not read the last; 0: each time is told.',
    default: 60,
    min: 0,
    max: 10_080,
  }),
  keepDays: integer({
    env: 'NOTIFICATION_KEEP_DAYS',
    meaning: 'How long a notification is kept, read or not; longer than any event can come again.',
    default: 90,
    min: 31,
    max: 3_650,
  }),
})

export type Config = ConfigOf<typeof config>
