import { prepareTemplate } from './postgres.ts'

/** What vitest runs once before all tests that boot something. */
export const setup = (): Promise<void> => prepareTemplate()
