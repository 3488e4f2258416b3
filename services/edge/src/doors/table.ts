import type { Door } from './door.ts'
import { eventsDoor } from './events.ts'
import { metricsDoor } from './metrics.ts'
import { plainDoors } from './plain.ts'
import { v1 } from './v1.ts'

/** Every door, by its path. */
export const doors: ReadonlyMap<string, Door> = new Map(
  [v1, ...plainDoors, metricsDoor, eventsDoor].map((door) => [door.path, door]),
)
