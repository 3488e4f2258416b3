import {
  type Broker,
  type Operator,
  type Service,
  connectBroker,
  connectOperator,
} from '@meshboard/kit'
import { Refusal, isBug } from './refusal.ts'
import type { Terminal } from './terminal.ts'
import { operatorOptions } from './tools-config.ts'

/** What every command works with. */
export interface Tools {
  readonly terminal: Terminal
  /** Every service and door of this build. Loaded when asked for, since it is the whole mesh. */
  services(): Promise<readonly Service[]>
}

/** Does something with the broker as an operator, and closes the connection after it. */
export const withOperator = async (
  { terminal }: Tools,
  use: (operator: Operator) => Promise<void>,
): Promise<void> => {
  const options = operatorOptions(terminal.env)
  const operator = await reached(options.servers, () => connectOperator(options))
  try {
    await use(operator)
  } catch (error) {
    throw isOfLibrary(error)
      ? new Refusal(`The broker: ${error.message}.`, { cause: error })
      : error
  } finally {
    await operator.close()
  }
}

/** Does something with the broker as a caller of procedures, and closes the connection after it. */
export const withBroker = async (
  { terminal }: Tools,
  use: (broker: Broker) => Promise<void>,
): Promise<void> => {
  const options = operatorOptions(terminal.env)
  const onFault = (error: Error) => terminal.note(`broker: ${error.message}`)
  const broker = await reached(options.servers, () => connectBroker({ ...options, onFault }))
  try {
    await use(broker)
  } finally {
    await broker.close()
  }
}

const OWN = new Set(['Refusal', 'UsageFailure', 'Failure'])

/** Whether an error says what the broker could not do, in the words of the library behind the port. */
const isOfLibrary = (error: unknown): error is Error =>
  error instanceof Error && !OWN.has(error.name) && !isBug(error)

const reached = async <T>(servers: readonly string[], open: () => Promise<T>): Promise<T> => {
  try {
    return await open()
  } catch (error) {
    throw new Refusal(wordsOf(servers, error), { cause: error })
  }
}

const wordsOf = (servers: readonly string[], error: unknown): string => {
  const where = servers.map((server) => new URL(server).host).join(', ')
  const why = error instanceof Error ? error.message : String(error)
  return /authori[sz]|authenticat/i.test(why)
    ? `The broker at ${where} refuses the operator (${why}). Set NATS_PASSWORD_OPERATOR to the password it knows.`
    : `The broker at ${where} does not answer (${why}). Start the mesh with "npm run up", or set NATS_URL to where it is.`
}
