import { databaseConfig } from '@meshboard/db'
import { type ConfigOf, defineConfig } from '@meshboard/kit'

export const config = defineConfig({ ...databaseConfig })

export type Config = ConfigOf<typeof config>
