import type { Door } from './door.ts'
import { plainDoors } from './plain.ts'
import { v1 } from './v1.ts'

/** Every door, by its path. */
export const doors: ReadonlyMap<string, Door> = new Map(
  [v1, ...plainDoors].map((door) => [door.path, door]),
)
