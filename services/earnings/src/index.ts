export { service } from './service.ts'
export { migrations } from '../migrations/index.ts'
export { LEDGER_FIGURES } from './store/ledger-figures.ts'
