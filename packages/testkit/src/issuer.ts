import { HEADERS, rpcSubjects } from '@meshboard/contracts'
import { type Broker, type Running, encodeJson } from '@meshboard/kit'
import { type TokenSigner, createTokenSigner } from './token-signer.ts'

/** Signs tokens in the place of auth, in tests of other services: real keys, real signatures. */
export type Issuer = Running & Pick<TokenSigner, 'user'>

/** Answers `auth.jwks` as auth would; nothing else. */
export const startIssuer = async (broker: Broker): Promise<Issuer> => {
  const { publicJwk, user } = await createTokenSigner()
  const jwks = encodeJson({ keys: [publicJwk] })
  const answering = await broker.serve(rpcSubjects('auth'), 'auth', ({ subject, reply }) => {
    if (reply === undefined) return
    if (subject.endsWith('.jwks')) return broker.publish(reply, jwks)
    broker.publish(reply, encodeJson({ code: 'unsupported' }), { [HEADERS.failure]: 'unsupported' })
  })
  return { user, stop: () => answering.stop() }
}
