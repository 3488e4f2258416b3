/** The inputs of a formula by name, as text, exact. */
export type Inputs = Readonly<Record<string, string>>

/** A rule that credits follow, and how it is told to people. */
interface Rule {
  readonly formula: string
  /** One sentence: why. */
  readonly explain: (inputs: Inputs) => string
}

/** The rules by name and version; one that entries were made under stays for ever. */
const RULES = {
  'network-rates@1': {
    formula: 'online_ms ÷ 60000 × score ÷ 100',
    explain: ({ online_ms = '0', score = '0' }) =>
      `${duration(Number(online_ms))} online at score ${score}.`,
  },
  'referral-rates@1': {
    formula: 'earned × rate(level)',
    explain: ({ level = '1' }) => `Reward for a user you brought here, level ${level}.`,
  },
} as const satisfies Record<string, Rule>

export type RuleName = keyof typeof RULES

/** The rule that entries of that name were made under. */
export const ruleOf = (name: RuleName): Rule => RULES[name]

/** Whether there is a rule of that name. */
export const isRuleName = (name: string): name is RuleName => Object.hasOwn(RULES, name)

/** `1 h 30 min`, `5 s`, `1.5 s`: what is zero is left out. */
const duration = (ms: number): string => {
  const parts = [
    [Math.floor(ms / 3_600_000), 'h'],
    [Math.floor(ms / 60_000) % 60, 'min'],
    [(ms % 60_000) / 1_000, 's'],
  ] as const
  const shown = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`)
  return shown.join(' ') || '0 s'
}
