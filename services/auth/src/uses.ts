import type { Uses } from '@meshboard/kit'

export const uses: Uses = { calls: [] }
