/** What one look at one thing gave. */
export interface Finding {
  /** What was looked at: `broker`, `stream EVT_AUTH`. */
  readonly check: string
  /** `warning`: it works, with a drawback. `bad`: what is acknowledged may be lost, or it does not work. */
  readonly state: 'ok' | 'warning' | 'bad'
  readonly text: string
  /** What to do; absent of what is ok. */
  readonly mend?: string
}

/** As it should be. */
export const ok = (check: string, text: string): Finding => ({ check, state: 'ok', text })

/** It works, with a drawback. */
export const warning = (...[check, text, mend]: [string, string, string]): Finding => ({
  check,
  state: 'warning',
  text,
  mend,
})

/** It does not work, or may lose what is acknowledged. */
export const bad = (...[check, text, mend]: [string, string, string]): Finding => ({
  check,
  state: 'bad',
  text,
  mend,
})
