import {
  type Broker,
  type BrokerOptions,
  type BrokerSystem,
  type Operator,
  PROVISIONER,
  type Provisioner,
  SYSTEM_USER,
  type Service,
  connectBroker,
  connectOperator,
  connectProvisioner,
  connectSystem,
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
  const operator = await reached(options, () => connectOperator(options))
  await using(operator, use)
}

/** Does something with the broker as who makes its streams, and closes the connection after it. */
export const withProvisioner = async <T>(
  options: Omit<BrokerOptions, 'onFault'>,
  use: (provisioner: Provisioner) => Promise<T>,
): Promise<T> => using(await reached(options, () => connectProvisioner(options)), use)

/** Does something with the broker's servers themselves, and closes the connection after it. */
export const withSystem = async <T>(
  options: Omit<BrokerOptions, 'onFault'>,
  use: (system: BrokerSystem) => Promise<T>,
): Promise<T> => using(await reached(options, () => connectSystem(options)), use)

const using = async <C extends { close(): Promise<void> }, T>(
  connection: C,
  use: (connection: C) => Promise<T>,
): Promise<T> => {
  try {
    return await use(connection)
  } catch (error) {
    throw isOfLibrary(error)
      ? new Refusal(`The broker: ${error.message}.`, { cause: error })
      : error
  } finally {
    await connection.close()
  }
}

/** Does something with the broker as a caller of procedures, and closes the connection after it. */
export const withBroker = async (
  { terminal }: Tools,
  use: (broker: Broker) => Promise<void>,
): Promise<void> => {
  const options = operatorOptions(terminal.env)
  const onFault = (error: Error) => terminal.note(`broker: ${error.message}`)
  const broker = await reached(options, () => connectBroker({ ...options, onFault }))
  try {
    await use(broker)
  } finally {
    await broker.close()
  }
}

const OWN = new Set(['Refusal', 'UsageFailure', 'WorkWaits', 'Failure'])

/** Whether an error says what the broker could not do, in the words of the library behind the port. */
const isOfLibrary = (error: unknown): error is Error =>
  error instanceof Error && !OWN.has(error.name) && !isBug(error)

type Who = Pick<BrokerOptions, 'servers' | 'service'>

const reached = async <T>(who: Who, open: () => Promise<T>): Promise<T> => {
  try {
    return await open()
  } catch (error) {
    throw new Refusal(wordsOf(who, error), { cause: error })
  }
}

const PASSWORDS: Readonly<Record<string, string>> = {
  [PROVISIONER]: 'NATS_PASSWORD',
  [SYSTEM_USER]: 'NATS_PASSWORD_SYSTEM',
}

const wordsOf = ({ servers, service }: Who, error: unknown): string => {
  const where = servers.map((server) => new URL(server).host).join(', ')
  const why = error instanceof Error ? error.message : String(error)
  const variable = PASSWORDS[service] ?? 'NATS_PASSWORD_OPERATOR'
  return /authori[sz]|authenticat/i.test(why)
    ? `The broker at ${where} refuses the ${service} (${why}). Set ${variable} to the password it knows.`
    : `The broker at ${where} does not answer (${why}). Start the mesh with "npm run up", or set NATS_URL to where it is.`
}
