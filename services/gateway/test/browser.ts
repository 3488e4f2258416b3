import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A page in a real browser, and what happened while it was open. */
export interface BrowserPage {
  /** Addresses of everything it asked for. */
  readonly asked: readonly string[]
  /** What the browser complained of: refused by policy, not found, thrown. */
  readonly complaints: readonly string[]
  /** The value of an expression in the page, as JSON carries it. */
  evaluate<T>(expression: string): Promise<T>
  /** Waits until the expression is true there. */
  until(expression: string): Promise<void>
  close(): Promise<void>
}

const WAIT_MS = 60_000
const POLL_MS = 50
/** The place of who waits for the page to be loaded, among those who wait for answers. */
const LOADED = 0

interface Message {
  id?: number
  method?: string
  params?: Record<string, unknown>
  result?: { result?: { value?: unknown }; exceptionDetails?: { text: string } }
}

/** Opens an address in the Chromium at `program`, a window of 1280 by 900 that nobody sees. */
export const openPage = async (program: string, url: string): Promise<BrowserPage> => {
  const folder = await mkdtemp(join(tmpdir(), 'meshboard-browser-'))
  const quiet = ['--no-first-run', '--disable-gpu', '--disable-background-networking']
  const alone = ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage']
  const place = [`--user-data-dir=${folder}`, '--remote-debugging-port=0', '--window-size=1280,900']
  const args = [...alone, ...quiet, ...place, 'about:blank']
  const browser = spawn(program, args, { stdio: 'ignore', detached: true })
  const kill = () => {
    if (browser.pid !== undefined && browser.exitCode === null)
      process.kill(-browser.pid, 'SIGKILL')
  }
  process.once('exit', kill)
  const socket = await connect(folder)
  const [asked, complaints]: [string[], string[]] = [[], []]
  const answers = new Map<number, (message: Message) => void>()
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message
    if (message.id !== undefined) answers.get(message.id)?.(message)
    else note(message, { asked, complaints })
    if (message.method === 'Page.loadEventFired') answers.get(LOADED)?.(message)
  })
  let last = 0
  const send = (method: string, params: object = {}): Promise<Message> =>
    new Promise((resolve) => {
      answers.set((last += 1), resolve)
      socket.send(JSON.stringify({ id: last, method, params }))
    })
  for (const domain of ['Log', 'Network', 'Runtime', 'Page']) await send(`${domain}.enable`)
  const loaded = new Promise<void>((resolve) => {
    answers.set(LOADED, () => resolve())
  })
  await send('Page.navigate', { url })
  await loaded
  const evaluate = async <T>(expression: string): Promise<T> => {
    const { result } = await send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })
    if (result?.exceptionDetails) throw new Error(`${expression}: ${result.exceptionDetails.text}`)
    return result?.result?.value as T
  }
  const until = async (expression: string): Promise<void> => {
    for (let waited = 0; waited < WAIT_MS; waited += POLL_MS) {
      if (await evaluate<boolean>(`Boolean(${expression})`)) return
      await sleep(POLL_MS)
    }
    throw new Error(`${expression} did not become true; ${complaints.join('; ')}`)
  }
  return {
    asked,
    complaints,
    evaluate,
    until,
    async close() {
      socket.close()
      const ended = once(browser, 'exit')
      kill()
      await ended
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The first page of the browser whose profile this is, as soon as there is one. */
const connect = async (folder: string): Promise<WebSocket> => {
  for (let waited = 0; waited < WAIT_MS; waited += POLL_MS) {
    const text = await readFile(join(folder, 'DevToolsActivePort'), 'utf8').catch(() => '')
    const [port] = text.split('\n')
    const list = port
      ? await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined)
      : undefined
    const targets = (await list?.json()) as
      | { type: string; webSocketDebuggerUrl: string }[]
      | undefined
    const page = targets?.find(({ type }) => type === 'page')
    if (page) return opened(new WebSocket(page.webSocketDebuggerUrl))
    await sleep(POLL_MS)
  }
  throw new Error('the browser did not start')
}

const opened = async (socket: WebSocket): Promise<WebSocket> => {
  await once(socket, 'open')
  return socket
}

const note = (
  { method, params = {} }: Message,
  { asked, complaints }: { asked: string[]; complaints: string[] },
): void => {
  if (method === 'Network.requestWillBeSent') asked.push((params['request'] as { url: string }).url)
  if (method === 'Log.entryAdded') {
    const {
      level,
      text,
      url = '',
    } = params['entry'] as { level: string; text: string; url?: string }
    if (level === 'error' || level === 'warning') complaints.push(`${text} ${url}`)
  }
  if (method === 'Runtime.exceptionThrown')
    complaints.push(JSON.stringify(params['exceptionDetails']))
}
