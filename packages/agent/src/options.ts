import { homedir, hostname } from 'node:os'
import { join } from 'node:path'
import { DeviceId, Label, ReferralCode, Username } from '@meshboard/contracts'
import { Command, InvalidArgumentError, Option } from 'commander'

/** What the program was started with. */
export interface AgentOptions {
  /** The edge's address, `ws://…` or `wss://…`. */
  server: string
  /** The gateway's address, `http://…` or `https://…`. */
  gateway: string
  /** The handle to register the key under, when it has none yet. */
  register?: string
  /** The code of who sent this user here; counts when the key is registered. */
  referral?: string
  /** The file of the key; without it, the one of the handle, or of the handle registered first. */
  key?: string
  network: string
  /** The device's own name; without it, one is made from the host and the key. */
  device?: string
  /** Seconds between two heartbeats. */
  every: number
  /** Seconds between two echoes. */
  echoEvery: number
  /** Seconds after which to stop; without it, when told to. */
  for?: number
  /** One JSON object a line instead of words. */
  json: boolean
}

/** What to do: be a device, or print an access token of its user. */
export interface Order {
  readonly task: 'run' | 'token'
  readonly options: AgentOptions
}

const refuse = (why: string): never => {
  throw new InvalidArgumentError(why)
}

const url = (scheme: string) => (text: string) =>
  [`${scheme}:`, `${scheme}s:`].includes(URL.parse(text)?.protocol ?? '')
    ? text
    : refuse(`Expected ${scheme}://… or ${scheme}s://….`)

const server = new Option('--server <url>', 'the edge')
  .env('MESH_SERVER')
  .default('ws://localhost:8081')
  .argParser(url('ws'))
const gateway = new Option('--gateway <url>', 'the REST door')
  .env('MESH_GATEWAY')
  .default('http://localhost:8080')
  .argParser(url('http'))

/** Reads the command line. Leaves the process with one clear line when it cannot be understood. */
export const readOrder = (argv: readonly string[]): Order => {
  let task: Order['task'] = 'run'
  const program = new Command('agent')
    .description('A device: measures its own connection, says it is online, and earns points.')
    .addOption(server)
    .addOption(gateway)
    .option('--register <handle>', 'make a key and register it under this name', handle)
    .option('--referral <code>', 'with --register: the code of who sent you here', referral)
    .option('--key <file>', 'the key file (default ~/.meshboard/<handle or default>.key)')
    .option('--network <name>', "the network's name", label, 'home')
    .option('--device <id>', "the device's name (default: from the host and the key)", device)
    .option('--every <seconds>', 'between two heartbeats', seconds, 30)
    .option('--echo-every <seconds>', 'between two echoes', seconds, 5)
    .option('--for <seconds>', 'stop after this time', seconds)
    .option('--json', 'one JSON object a line', false)
    .action(() => void (task = 'run'))
  program
    .command('token')
    .description('print an access token, for curl -H "authorization: Bearer …"')
    .action(() => void (task = 'token'))
  program.parse(argv)
  return { task, options: program.opts<AgentOptions>() }
}

/** The key file of a handle, and the one that stands for the handle registered first. */
export const keyPath = (handleOrDefault = 'default'): string =>
  join(homedir(), '.meshboard', `${handleOrDefault}.key`)

/** A device id from the host's name and the key: the same at every start, another on every host. */
export const deviceIdOf = (publicKey: string, host = hostname()): string =>
  `${host.replaceAll(/[^A-Za-z0-9_-]/g, '-').slice(0, 55)}-${publicKey.slice(0, 8)}`

const seconds = (text: string): number => {
  const value = Number(text)
  return value > 0 && value <= 86_400 ? value : refuse('Expected seconds, up to 86400.')
}

const handle = (text: string): string =>
  Username.safeParse(text).success
    ? text
    : refuse('A handle is 2 to 32 letters, digits, "-" or "_", and begins with a letter or digit.')

const referral = (text: string): string =>
  ReferralCode.safeParse(text).success ? text : refuse('A referral code looks like ANN-7K3Q.')

const label = (text: string): string =>
  Label.safeParse(text).success ? text : refuse('A network name is 1 to 64 characters.')

const device = (text: string): string =>
  DeviceId.safeParse(text).success
    ? text
    : refuse('A device id is 1 to 64 letters, digits, "-" or "_".')
