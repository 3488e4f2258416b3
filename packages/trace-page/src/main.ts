import { processEnvironment, readConfig } from '@meshboard/kit/config'
import { config } from './config.ts'
import { startTracePage } from './trace-page.ts'

const page = await startTracePage(readConfig(config, processEnvironment()))
process.stdout.write(`${JSON.stringify({ msg: 'traces are shown and taken', url: page.url })}\n`)

const stop = () => void page.stop().then(() => process.exit(0))
process.once('SIGTERM', stop).once('SIGINT', stop)
