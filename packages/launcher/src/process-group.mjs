import { SupervisedProcess } from './supervised-process.mjs'

/**
 * Every process of one mesh. They stop in groups, the last first: what uses something stops before
 * it. `changed` is called whenever a pid changed, `say` gets a line for each unexpected exit.
 */
export class ProcessGroup {
  #stages = ['database', 'server', 'service'].map((name) => ({ name, processes: [] }))
  #stopping = false
  #hooks

  constructor({ changed = () => {}, say }) {
    this.#hooks = { changed, say }
  }

  /**
   * Starts a program as part of a stage (`database`, `server`, `service`); resolves when it is
   * ready.
   */
  async start(stage, spec) {
    if (this.#stopping) return
    const member = new SupervisedProcess(spec, this.#hooks)
    this.#stages.find(({ name }) => name === stage).processes.push(member)
    await member.start()
  }

  /** Resolves when every process is gone. Nothing is started any more. */
  async stop() {
    this.#stopping = true
    for (const { processes } of this.#stages.toReversed()) {
      await Promise.all(processes.map((member) => member.stop()))
    }
  }

  /** Ends everything at once. */
  kill() {
    this.#stopping = true
    for (const member of this.#all()) member.kill()
  }

  /** The pids of what runs now, by name. */
  pids() {
    const running = this.#all().filter(({ pid }) => pid !== undefined)
    return Object.fromEntries(running.map(({ name, pid }) => [name, pid]))
  }

  #all() {
    return this.#stages.flatMap(({ processes }) => processes)
  }
}
