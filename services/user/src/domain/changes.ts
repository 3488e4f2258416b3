import type { InputOf, user } from '@meshboard/contracts'

/** What a user can change of their own profile. */
export interface Changeable {
  readonly description: string
  readonly preferences: Readonly<Record<string, string>>
}

/** What really changes by what was asked for; preferences that are given replace all there were. */
export const changesOf = (
  { description, preferences }: Changeable,
  asked: InputOf<typeof user.procedures.update>,
): Partial<Changeable> => ({
  ...(asked.description !== undefined &&
    asked.description !== description && { description: asked.description }),
  ...(asked.preferences !== undefined &&
    !isSame(asked.preferences, preferences) && { preferences: asked.preferences }),
})

type Preferences = Changeable['preferences']

const isSame = (one: Preferences, other: Preferences): boolean => {
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
  )
}
