import { runService } from '@meshboard/kit'
import { service } from './service.ts'

await runService(service)
