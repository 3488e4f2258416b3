export { service } from './service.ts'
export { migrations } from '../migrations/index.ts'
