import { prepareBrokerData, preparedBrokerData } from './broker-data.ts'
import { prepareTemplate } from './postgres.ts'

/** What vitest runs before all tests that boot something: for each project, of which the first prepares. */
export const setup = async (): Promise<void> => {
  if (preparedBrokerData() === undefined)
    await Promise.all([prepareBrokerData(), prepareTemplate()])
}
