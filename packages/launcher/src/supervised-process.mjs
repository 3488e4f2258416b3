import { mkdirSync, closeSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { lastLines } from './run-command.mjs'
import { describeExit, spawnChild } from './spawn-child.mjs'
import { StartFailure } from './start-failure.mjs'
import { until } from './until.mjs'

const firstDelayMs = 200
const delayMsMax = 5_000
const stableMs = 30_000
/** A service ends itself after 30 s at the latest (STOP_MS_MAX), and says why: so long it is left to. */
const stopMsUsual = 35_000

/**
 * One long-running program: started, watched, started again when it dies, stopped. Its output goes
 * to a log file. `spec` is `{ name, command, args, cwd, env, uid, input, logFile, ready, missing,
 * startMs, deathsMax, stopSignal, stopMs, deathSignal }`, where `ready` answers whether it works by
 * now and `missing`, if given, with a sentence why not.
 * `changed` is called after each start, `say` gets a line for each unexpected exit.
 */
export class SupervisedProcess {
  #spec
  #child
  #startedAt = 0
  #delayMs = firstDelayMs
  #stopping = false
  #changed
  #say

  constructor(spec, { changed, say }) {
    this.#spec = spec
    this.#changed = changed
    this.#say = say
  }

  get name() {
    return this.#spec.name
  }

  /** The pid of the living process; undefined between an exit and the next start. */
  get pid() {
    return this.#child?.over ? undefined : this.#child?.pid
  }

  /**
   * Resolves when ready. Fails (StartFailure, with the end of the log) after `startMs` or
   * `deathsMax` exits.
   */
  async start() {
    const { ready, startMs, deathsMax, name } = this.#spec
    const deadline = performance.now() + startMs
    for (let deaths = 1; ; deaths++) {
      const child = this.#launch()
      const timeoutMs = deadline - performance.now()
      if (await until(ready, { timeoutMs, gaveUp: () => child.over })) {
        this.#keepAlive(child)
        return
      }
      if (this.#stopping) return
      if (!child.over) throw this.#failure(await this.#notReady())
      const exit = await child.exited
      if (deaths >= deathsMax) throw this.#failure(`${name} ${describeExit(exit)}`)
      await sleep(this.#nextDelay())
      if (this.#stopping) return
    }
  }

  /** Asks it to stop, ends it after `stopMs`; resolves when it is gone. It is not started again. */
  async stop() {
    const { stopSignal = 'SIGTERM', stopMs = stopMsUsual } = this.#spec
    this.#stopping = true
    if (this.pid === undefined) return
    this.#child.kill(stopSignal)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMs)
    await this.#child.exited
    clearTimeout(timer)
  }

  /** Ends it at once. */
  kill() {
    this.#stopping = true
    if (this.pid !== undefined) this.#child.kill('SIGKILL')
  }

  #launch() {
    const { command, args, cwd, env, uid, deathSignal, input, logFile } = this.#spec
    mkdirSync(dirname(logFile), { recursive: true })
    const log = openSync(logFile, 'a')
    const stdio = [input === undefined ? 'ignore' : 'pipe', log, log]
    const child = spawnChild(command, args, { cwd, env, uid, deathSignal, stdio })
    closeSync(log)
    child.stdin?.end(input)
    child.exited.then(() => (child.over = true))
    this.#child = child
    this.#startedAt = performance.now()
    this.#changed()
    return child
  }

  #keepAlive(child) {
    this.#startAgainAfter(child).catch((error) => {
      this.#say(`${this.name} cannot be started again: ${error.message}`)
    })
  }

  async #startAgainAfter(child) {
    const exit = await child.exited
    if (this.#stopping) return
    if (performance.now() - this.#startedAt > stableMs) this.#delayMs = firstDelayMs
    const delayMs = this.#nextDelay()
    this.#say(`${this.name} ${describeExit(exit)}; it starts again in ${delayMs / 1000} s`)
    await sleep(delayMs)
    if (!this.#stopping) this.#keepAlive(this.#launch())
  }

  async #notReady() {
    const { name, startMs, missing } = this.#spec
    const faults = await missing?.()
    return `${name} is not ready after ${startMs / 1000} s${faults ? ` (${faults})` : ''}`
  }

  #nextDelay() {
    const delayMs = this.#delayMs
    this.#delayMs = Math.min(delayMs * 2, delayMsMax)
    return delayMs
  }

  #failure(reason) {
    const tail = lastLines(readFileSync(this.#spec.logFile, 'utf8'))
    const message = `cannot start ${this.name}: ${reason}. Its log is ${this.#spec.logFile}; the last lines are above.`
    return new StartFailure(message, { tail })
  }
}
