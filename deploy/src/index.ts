export { figures, schemas, services, zeroFigures } from './mesh.ts'
export { type SetUpOptions, type SetUpReport, migrateAll, planOf, setUp } from './set-up.ts'
export { brokerPermissions } from './permissions.ts'
export { clusterConfig } from './broker-config.ts'
