import type { EventDeclaration } from './define.ts'
import { type Deprecable, isDeprecation } from './deprecation.ts'
import { isDeclarationName, majorOf } from './names.ts'

/** Throws when one of the declarations has a name that is none. */
export const refuseOddNames = (declarations: readonly { name: string }[]): void => {
  const odd = declarations.find(({ name }) => !isDeclarationName(name))
  if (odd) throw new Error(`${odd.name} is no name of a declaration`)
}

/** Throws when a topic of a service holds events of two majors. */
export const refuseMixedTopics = (
  service: string,
  events: readonly Pick<EventDeclaration, 'name' | 'topic'>[],
): void => {
  const mixed = events.find(({ topic, name }) =>
    events.some((other) => other.topic === topic && majorOf(other.name) !== majorOf(name)),
  )
  if (mixed) throw new Error(`the topic ${mixed.topic} of ${service} holds events of two majors`)
}

/** Throws when something is deprecated on a day that is none, or to go before it was. */
export const refuseOddDeprecations = (
  kinds: readonly Readonly<Record<string, Deprecable>>[],
): void => {
  const odd = kinds
    .flatMap((kind) => Object.entries(kind))
    .find(([, { deprecated }]) => deprecated !== undefined && !isDeprecation(deprecated))
  if (odd) throw new Error(`${odd[0]} is deprecated on days that are none, or not in order`)
}
