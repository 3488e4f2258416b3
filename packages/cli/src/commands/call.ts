import { Failure, type Procedure, allContracts, findProcedure } from '@meshboard/contracts'
import { type CallOptions, createMetrics, createRpcClient } from '@meshboard/kit'
import { type Command, Option } from 'commander'
import { milliseconds } from '../parsing.ts'
import { Refusal, UsageFailure } from '../refusal.ts'
import { nearest } from '../nearest.ts'
import { type Tools, withBroker } from '../tools.ts'
import { tokenOf } from '../tools-config.ts'

interface CallFlags {
  token?: string
  timeout?: number
  idempotencyKey?: string
  json?: boolean
}

/** `mesh call`: one call of one procedure. */
export const addCall = (program: Command, tools: Tools): void => {
  program
    .command('call')
    .summary('call a procedure')
    .description(
      'Call a procedure and print what it answers, or the failure it ends with (exit code 1).',
    )
    .argument('<procedure>', 'its full name, earnings.getSummary')
    .argument('[input]', 'the input as JSON; "-" takes it from standard input', '{}')
    .option('--token <token>', 'access token of the user who asks; better in MESH_TOKEN')
    .addOption(
      new Option('--timeout <ms>', "wait so long instead of the contract's own time").argParser(
        milliseconds,
      ),
    )
    .option('--idempotency-key <key>', 'makes a repeated call have one effect')
    .option('--json', 'one line: the output, or { "failure": … }')
    .action((name: string, input: string, flags: CallFlags) => call(tools, { name, input, flags }))
}

const call = async (
  tools: Tools,
  { name, input, flags }: { name: string; input: string; flags: CallFlags },
): Promise<void> => {
  const { terminal } = tools
  const procedure = procedureNamed(name, flags.timeout)
  const body = parseInput(input === '-' ? await terminal.input() : input)
  const print = (value: unknown) =>
    terminal.line(JSON.stringify(value, undefined, flags.json ? undefined : 2))
  await withBroker(tools, async (broker) => {
    const rpc = createRpcClient(broker, createMetrics('mesh'))
    try {
      print(await rpc.call(procedure, body as object, optionsOf(flags, tools)))
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const envelope = error.toEnvelope(error.traceId ?? '')
      if (flags.json) print({ failure: envelope })
      else terminal.note(JSON.stringify(envelope, undefined, 2))
      throw new Refusal(`${name} failed: ${error.code}${cause(error)}`)
    }
  })
}

/** The procedure, given as long as the caller wants to wait. */
const procedureNamed = (name: string, timeoutMs: number | undefined): Procedure => {
  const procedure = findProcedure(name)
  if (procedure) return timeoutMs === undefined ? procedure : { ...procedure, timeoutMs }
  const names = allContracts.flatMap(({ procedures }) =>
    Object.values(procedures).map((one) => one.name),
  )
  throw new UsageFailure(`There is no procedure "${name}". ${nearest(name, names)}`)
}

const parseInput = (text: string): unknown => {
  try {
    return JSON.parse(text.trim() || '{}')
  } catch (error) {
    throw new UsageFailure(`The input is not JSON: ${error instanceof Error ? error.message : ''}`)
  }
}

const optionsOf = ({ token, idempotencyKey }: CallFlags, { terminal }: Tools): CallOptions => {
  const asWhom = token ?? tokenOf(terminal.env)
  return {
    signal: terminal.signal,
    ...(asWhom !== undefined && { token: asWhom }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  }
}

const cause = (error: Failure): string =>
  error.cause instanceof Error ? ` (${error.cause.message})` : ''
