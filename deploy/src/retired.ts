import type { Place } from '@meshboard/kit'

/**
 * Streams and durables that no contract has any more, and whose data may go: the broker lets
 * `mesh provision --prune` delete these, and nobody delete anything else.
 */
export const retired: readonly Place[] = []
