import { Refusal, isBug } from '../refusal.ts'

const OWN = new Set(['Refusal', 'UsageFailure', 'ConfigFailure'])

/** Does something with database and broker, whose failures come out as sentences. */
export const reported = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Error) || OWN.has(error.name) || isBug(error)) throw error
    const { message, code } = error as Error & { code?: string }
    throw new Refusal(`It did not work: ${message || code}.`, { cause: error })
  }
}
