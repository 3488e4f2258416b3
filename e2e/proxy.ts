import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Authority, freePort, until } from '@meshboard/testkit'
import type { Up } from './up.ts'

/** One of the examples, and how its program is run with it. */
export interface ProxyKind {
  readonly program: string
  readonly file: string
  /** The arguments behind the program's path, in the foreground. */
  readonly args: (file: string, folder: string) => readonly string[]
}

/** Every example of `deploy/proxies`. */
export const PROXIES: readonly ProxyKind[] = [
  {
    program: 'nginx',
    file: 'nginx.conf',
    args: (file, folder) => ['-p', folder, '-c', file, '-e', 'stderr', '-g', 'daemon off;'],
  },
  {
    program: 'caddy',
    file: 'Caddyfile',
    args: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
  },
  { program: 'haproxy', file: 'haproxy.cfg', args: (file) => ['-f', file, '-db'] },
]

const EXAMPLES = new URL('../deploy/proxies/', import.meta.url)

/** A proxy as its example has it, before the doors of a mesh, on ports of the loopback. */
export class Proxy {
  readonly httpPort: number
  readonly httpsPort: number
  readonly #folder: string
  readonly #child: ChildProcess
  #said = ''

  private constructor(parts: {
    ports: readonly [number, number]
    folder: string
    child: ChildProcess
  }) {
    ;[this.httpPort, this.httpsPort] = parts.ports
    this.#folder = parts.folder
    this.#child = parts.child
    for (const stream of [parts.child.stdout, parts.child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()))
  }

  /** Starts the program with the example as it is shipped, filled in, and waits until it answers. */
  static async start(
    { file, args }: ProxyKind,
    { path, up, authority }: { path: string; up: Up; authority: Authority },
  ): Promise<Proxy> {
    const folder = await mkdtemp(join(tmpdir(), 'meshboard-proxy-'))
    const ports = [await freePort(), await freePort()] as const
    const values = await filling(up, { authority, folder, ports })
    const example = await readFile(new URL(file, EXAMPLES), 'utf8')
    const filled = join(folder, file)
    // Those that read their environment find it there; what is left is filled in.
    await writeFile(
      filled,
      example.replaceAll(/\$\{([A-Z_]+)\}/g, (all, name: string) => values[name] ?? all),
    )
    const child = spawn(path, args(filled, folder), {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, ...values },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const proxy = new Proxy({ ports, folder, child })
    await proxy.#ready()
    return proxy
  }

  get said(): string {
    return this.#said
  }

  /** Ends it, with the workers it has. */
  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#child
    if (exitCode === null && signalCode === null) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve))
      this.#child.kill('SIGTERM')
      const late = setTimeout(() => this.#child.kill('SIGKILL'), 5_000)
      await ended
      clearTimeout(late)
    }
    await rm(this.#folder, { recursive: true, force: true })
  }

  #ready(): Promise<boolean> {
    const look = () => {
      if (this.#child.exitCode !== null) throw new Error(`it ended:\n${this.#said.slice(-2_000)}`)
      return answersOk(this.httpsPort)
    }
    return until(look, { ms: 20_000, late: 'the proxy does not answer' })
  }
}

const answersOk = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    get({ host: 'localhost', port, path: '/', agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    }).once('error', () => resolve(false))
  })

interface Filling {
  authority: Authority
  folder: string
  ports: readonly [number, number]
}

const filling = async (
  ...[up, { authority, folder, ports }]: [Up, Filling]
): Promise<Record<string, string>> => {
  const { certFile, keyFile } = await authority.issue()
  const pem = join(folder, 'both.pem')
  await writeFile(pem, `${await readFile(certFile, 'utf8')}${await readFile(keyFile, 'utf8')}`)
  const temporary = join(folder, 'tmp')
  await mkdir(temporary)
  const facts = (await up.facts())?.ports as unknown as {
    gateway: number
    edge: number
    ops: Record<string, number>
  }
  return {
    PUBLIC_NAME: 'localhost',
    PUBLIC_HOST: `localhost:${ports[1]}`,
    LISTEN_ADDRESS: '127.0.0.1',
    HTTP_PORT: String(ports[0]),
    HTTPS_PORT: String(ports[1]),
    TLS_CERT_FILE: certFile,
    TLS_KEY_FILE: keyFile,
    TLS_PEM_FILE: pem,
    TEMP_FOLDER: temporary,
    GATEWAY_ADDRESS: `127.0.0.1:${facts.gateway}`,
    GATEWAY_OPS_PORT: String(facts.ops['gateway']),
    EDGE_ADDRESS: `127.0.0.1:${facts.edge}`,
    EDGE_OPS_PORT: String(facts.ops['edge']),
  }
}
