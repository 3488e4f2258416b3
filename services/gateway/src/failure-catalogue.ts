import { FAILURES, type FailureSpec, allContracts } from '@meshboard/contracts'

/** What only HTTP can get wrong. */
export const DOOR_FAILURES = {
  method_not_allowed: {
    status: 405,
    retry: 'never',
    message: 'This method is not for this address; Allow names those that are.',
  },
  too_large: { status: 413, retry: 'never', message: 'The request is too large.' },
  unsupported_media_type: {
    status: 415,
    retry: 'never',
    message: 'The body must be application/json, in UTF-8 and not compressed.',
  },
  not_implemented: { status: 501, retry: 'never', message: 'This method is not known here.' },
} as const satisfies Record<string, FailureSpec>

const declared = allContracts
  .flatMap(({ procedures }) => Object.values(procedures))
  .map(({ failures }) => failures)

/** Every failure that can come out of this door, by its code. */
export const failureCatalogue: Readonly<Record<string, FailureSpec>> = Object.assign(
  {},
  ...declared,
  FAILURES,
  DOOR_FAILURES,
)
