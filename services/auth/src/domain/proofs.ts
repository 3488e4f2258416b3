import {
  AUDIENCE,
  type InputOf,
  SIGNED_TIME_WINDOW,
  type SignedChallenge,
  type SigningPurpose,
  type auth,
  challengeMessage,
  signedTimeMessage,
} from '@meshboard/contracts'
import { type ChallengeTerms, issueTimeOf } from './challenge.ts'
import { verifySignature } from './verify-signature.ts'

/** The holder of the key was there. Good once: to be remembered for as long as it would be believed. */
export interface Proof {
  readonly publicKey: string
  readonly kind: 'challenge' | 'nonce'
  readonly value: string
  readonly rememberUntil: Date
}

/** How far a time that the edge vouches for may lie from ours, milliseconds. */
const VOUCHED_MS = 60_000
/** How far the clocks of our machines may differ, so that nothing is forgotten too early. */
const CLOCK_SLACK_MS = 60_000

/** An answer to a challenge, as the contract has it. */
export interface Answer {
  public_key: string
  challenge: string
  signature: string
}

type Login = InputOf<typeof auth.procedures.verify>
type Vouched = InputOf<typeof auth.procedures.openSession>
type VouchedOf<Kind> = { public_key: string } & Extract<Vouched['proof'], { kind: Kind }>

/** The proof in an answer to one of our own challenges, if that is fresh and the signature good. */
export const proofOfAnswer = (
  { public_key: publicKey, challenge, signature }: Answer,
  asked: ChallengeTerms & { purpose: SigningPurpose; now: Date },
): Proof | undefined => {
  const { purpose, secrets, lifeMs, now } = asked
  const issuedAtMs = issueTimeOf(challenge, { publicKey, purpose, secrets })
  if (issuedAtMs === undefined || distance(issuedAtMs, now) > lifeMs) return undefined
  const message = messageOf({ publicKey, challenge, purpose, serverEpochMs: issuedAtMs })
  if (!verifySignature({ publicKey, message, signature })) return undefined
  return proof({ publicKey, kind: 'challenge', value: challenge }, issuedAtMs + lifeMs)
}

/** What is wrong with a login, by field: it answers a challenge or signs a time, never both. */
export const loginFaults = ({ challenge, timestamp, nonce }: Login) => {
  const [timed, asked] = [timestamp !== undefined || nonce !== undefined, challenge !== undefined]
  if (timed === asked) return { challenge: ['Give challenge, or timestamp and nonce.'] }
  if (timed && timestamp === undefined) return { timestamp: ['Goes with nonce.'] }
  return timed && nonce === undefined ? { nonce: ['Goes with timestamp.'] } : undefined
}

/** The proof in a login without faults, if it is fresh and the signature good. */
export const proofOfLogin = (
  { challenge, timestamp, nonce, ...signed }: Login,
  terms: ChallengeTerms & { now: Date },
): Proof | undefined => {
  if (challenge !== undefined)
    return proofOfAnswer({ ...signed, challenge }, { ...terms, purpose: 'login' })
  if (timestamp === undefined || nonce === undefined) return undefined
  return proofOfSignedTime({ ...signed, kind: 'signed_time', timestamp, nonce }, terms.now)
}

/** The proof the edge asked for and vouches for, if its time is near and the signature good. */
export const proofOfVouched = (
  { public_key, proof: given }: Vouched,
  now: Date,
): Proof | undefined =>
  given.kind === 'challenge'
    ? proofOfVouchedChallenge({ public_key, ...given }, now)
    : proofOfSignedTime({ public_key, ...given }, now)

const proofOfVouchedChallenge = (given: VouchedOf<'challenge'>, now: Date): Proof | undefined => {
  const { public_key: publicKey, challenge, server_epoch_ms: serverEpochMs, signature } = given
  if (distance(serverEpochMs, now) > VOUCHED_MS) return undefined
  const message = messageOf({ publicKey, challenge, purpose: 'login', serverEpochMs })
  if (!verifySignature({ publicKey, message, signature })) return undefined
  return proof({ publicKey, kind: 'challenge', value: challenge }, serverEpochMs + VOUCHED_MS)
}

const proofOfSignedTime = (given: VouchedOf<'signed_time'>, now: Date): Proof | undefined => {
  const { public_key: publicKey, timestamp, nonce, signature } = given
  const { pastSeconds, futureSeconds } = SIGNED_TIME_WINDOW
  const ageSeconds = now.getTime() / 1000 - timestamp
  if (ageSeconds > pastSeconds || ageSeconds < -futureSeconds) return undefined
  const message = signedTimeMessage(timestamp, nonce)
  if (!verifySignature({ publicKey, message, signature })) return undefined
  return proof({ publicKey, kind: 'nonce', value: nonce }, (timestamp + pastSeconds) * 1000)
}

const distance = (timeMs: number, now: Date): number => Math.abs(now.getTime() - timeMs)

const messageOf = (signed: Omit<SignedChallenge, 'audience'>) =>
  challengeMessage({ audience: AUDIENCE, ...signed })

const proof = (used: Omit<Proof, 'rememberUntil'>, believedUntilMs: number): Proof => ({
  ...used,
  rememberUntil: new Date(believedUntilMs + CLOCK_SLACK_MS),
})
