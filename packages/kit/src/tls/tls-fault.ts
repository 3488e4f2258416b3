const UNKNOWN_SIGNER: readonly unknown[] = [
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
]

/**
 * Why a server was not believed to be who it should be, in one sentence; `undefined` when something
 * else went wrong. Whatever error a library wraps around it.
 */
export const tlsFault = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error ? error.code : undefined
  if (UNKNOWN_SIGNER.includes(code))
    return 'it is not trusted: none of the certificates that are trusted here has signed its own'
  if (code === 'CERT_HAS_EXPIRED') return 'it is not trusted: its certificate has expired'
  if (code === 'CERT_NOT_YET_VALID') return 'it is not trusted: its certificate is not valid yet'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `it is not trusted: its certificate is for another name (${reasonOf(error)})`
  return tlsFault(error.cause)
}

const reasonOf = (error: Error): string =>
  'reason' in error && typeof error.reason === 'string' ? error.reason : error.message
