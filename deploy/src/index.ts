export { schemas, services } from './mesh.ts'
export { type SetUpOptions, type SetUpReport, migrateAll, planOf, setUp } from './set-up.ts'
export { brokerPermissions } from './permissions.ts'
