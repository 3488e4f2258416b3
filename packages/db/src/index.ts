export { databaseConfig } from './config.ts'
export { type Database, type Queryable, type Tx, openDatabase } from './database.ts'
export { isUniqueViolation } from './errors.ts'
export { type StatefulContext, handler } from './handler.ts'
export { consumer } from './consumer.ts'
export { outboxRelay } from './outbox-relay.ts'
export { type Migration, type Migrations, type SchemaPlan, migrate } from './migrate.ts'
export { dumpSchema } from './schema-dump.ts'
export {
  type OutboxQuery,
  type OutboxStatus,
  type WaitingKey,
  readOutboxes,
  readWaitingKeys,
} from './outbox-status.ts'
export { type DatabaseReport, type SchemaReport, inspectDatabase } from './inspection.ts'
export {
  type SavedDatabase,
  type SavedSchema,
  type SavedTable,
  databaseTime,
  saveDatabase,
} from './backup/save-database.ts'
export { bringBackDatabase, figuresOf, schemasThere } from './backup/bring-back-database.ts'
export { reconcileOutbox } from './backup/reconcile-outbox.ts'
export { type ScratchDatabase, createScratchDatabase } from './backup/scratch-database.ts'
