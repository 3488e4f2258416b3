import {
  type InputOf,
  type OutputOf,
  type Procedure,
  auth,
  earnings,
  network,
  user,
} from '@meshboard/contracts'
import { type CallContext, type Service, defineService, handler, newId } from '@meshboard/kit'
import {
  ANN,
  type Answer,
  BAD_SIGNATURE,
  BUGGY_ENTRY,
  CHALLENGE,
  CONNECTION,
  ENDED_TOKEN,
  type Issuer,
  NOW,
  PUBLIC_KEY,
  SLOW,
  type Seen,
  WRONG_PASSWORD,
} from './stand-ins.ts'

/** What each process asks by itself. */
const OF_THE_KIT: ReadonlySet<string> = new Set([
  auth.procedures.jwks.name,
  auth.procedures.listRevoked.name,
])

/** The services behind the gateway: the kit's own, on the real contracts, with the least of answers. */
export const standIns = (issuer: Issuer, seen: Seen[]): Service[] => {
  const answer = <P extends Procedure>(
    procedure: P,
    run: (context: CallContext<P>) => Promise<OutputOf<P>>,
  ) =>
    handler(procedure, async (context: CallContext<P>) => {
      const { input, caller, traceId, idempotencyKey } = context
      const userId = caller?.userId
      if (!OF_THE_KIT.has(procedure.name))
        seen.push({ procedure: procedure.name, input, userId, traceId, idempotencyKey })
      if (userId === SLOW) await new Promise((resolve) => setTimeout(resolve, 1_500).unref())
      return run(context)
    })
  const parts = { config: {}, uses: { calls: [auth.procedures.jwks] }, open: async () => ({}) }
  return [
    defineService({ ...parts, contract: auth, procedures: authAnswers(answer, issuer) }),
    defineService({ ...parts, contract: user, procedures: userAnswers(answer) }),
    defineService({ ...parts, contract: network, procedures: networkAnswers(answer) }),
    defineService({ ...parts, contract: earnings, procedures: earningsAnswers(answer) }),
  ]
}

/** So long that it would be compressed, if it were no secret. */
const LONG_TOKEN = `${'a'.repeat(1_500)}.b.c`

const session = () => ({
  user_id: ANN,
  session_id: newId('session'),
  access_token: LONG_TOKEN,
  expires_at: NOW,
})

const authAnswers = (answer: Answer, issuer: Issuer) => {
  const { procedures } = auth
  const { challenge, register, login, verify, refresh, openSession, jwks, listRevoked } = procedures
  const given = { challenge: CHALLENGE, audience: 'meshboard', now: NOW, expires_at: NOW }
  return {
    challenge: answer(challenge, async () => given),
    register: answer(register, async ({ input, fail }) => {
      if (input.signature === BAD_SIGNATURE) return fail('invalid_signature')
      if (input.username === 'taken') return fail('conflict')
      return { ...session(), username: input.username }
    }),
    login: answer(login, async ({ input, fail }) =>
      input.password === WRONG_PASSWORD ? fail('invalid_credentials') : session(),
    ),
    verify: answer(verify, async ({ input, fail }) =>
      input.signature === BAD_SIGNATURE ? fail('invalid_signature') : session(),
    ),
    refresh: answer(refresh, async ({ input, fail }) =>
      input.refresh_token === ENDED_TOKEN ? fail('session_expired') : session(),
    ),
    openSession: answer(openSession, async ({ fail }) => fail('unknown_key')),
    getPendingProfile: answer(procedures.getPendingProfile, async ({ fail }) => fail('not_found')),
    logout: answer(procedures.logout, async () => ({})),
    ...keyAnswers(answer),
    setRoles: answer(procedures.setRoles, async ({ input }) => input),
    appoint: answer(procedures.appoint, async ({ fail }) => fail('not_found')),
    listRevoked: handler(listRevoked, async () => ({ session_ids: [] })),
    jwks: answer(jwks, async () => ({ keys: [issuer.jwk] })),
  }
}

const keyAnswers = (answer: Answer) => {
  const { addKey, getKey, listKeys, listKeysOf, revokeKey } = auth.procedures
  const key = { user_id: ANN, public_key: PUBLIC_KEY, created_at: NOW, revoked: false }
  return {
    addKey: answer(addKey, async () => key),
    getKey: answer(getKey, async () => key),
    listKeys: answer(listKeys, async () => ({ keys: [key] })),
    listKeysOf: answer(listKeysOf, async () => ({ keys: [key] })),
    revokeKey: answer(revokeKey, async () => ({})),
  }
}

const userAnswers = (answer: Answer) => {
  const { get, getOf, update, ensureProfile, getContact } = user.procedures
  const profile = () => ({
    id: ANN,
    username: 'ann',
    public_keys: [],
    roles: ['user' as const],
    description: '',
    preferences: {},
    is_verified: false,
    created_at: NOW,
    updated_at: NOW,
  })
  return {
    get: answer(get, async () => profile()),
    getOf: answer(getOf, async () => profile()),
    update: answer(update, async ({ input: { description = '', preferences = {} } }) => ({
      ...profile(),
      description,
      preferences,
    })),
    ensureProfile: answer(ensureProfile, async ({ input }) => ({ user_id: input.user_id })),
    getContact: answer(getContact, async () => ({ username: 'ann' })),
  }
}

const connection = (given: Partial<InputOf<typeof network.procedures.connect>> = {}) => ({
  id: CONNECTION,
  user_id: ANN,
  device_id: 'laptop',
  network_name: 'home',
  connected: true,
  status: 'connected' as const,
  status_message: '',
  connection_time: 0,
  network_score: 100,
  points_earned: '0.000000',
  created_at: NOW,
  updated_at: NOW,
  ...given,
})

const networkAnswers = (answer: Answer) => {
  const { connect, heartbeat, disconnect, echo, get, list } = network.procedures
  return {
    connect: answer(connect, async ({ input }) => connection(input)),
    heartbeat: answer(heartbeat, async ({ input }) => ({
      connection_id: input.connection_id,
      status: 'connected' as const,
      network_score: 100,
      connection_time: 60,
    })),
    disconnect: answer(disconnect, async () => ({})),
    echo: answer(echo, async ({ input }) => input),
    get: answer(get, async ({ input, fail }) =>
      input.connection_id === CONNECTION ? connection() : fail('not_found'),
    ),
    list: answer(list, async () => ({ connections: [connection()] })),
  }
}

const NOTHING = '0.000000'

const entry = () => ({
  id: newId('entry'),
  user_id: ANN,
  amount: '1.000000',
  source: 'network' as const,
  timestamp: NOW,
  balance_after: '1.000000',
  explanation: '1 min online at score 100.0.',
})

const earningsAnswers = (answer: Answer) => {
  const { getSummary, listEntries, explain } = earnings.procedures
  return {
    getSummary: answer(getSummary, async ({ caller }) => ({
      user_id: caller.userId,
      balance: NOTHING,
      earned: { network: NOTHING, referral: NOTHING, bonus: NOTHING },
      entries: 0,
    })),
    listEntries: answer(listEntries, async ({ input }) => ({
      entries: Array.from({ length: input.limit ?? 0 }, entry),
    })),
    explain: answer(explain, async ({ input, fail }) => {
      if (input.entry_id === BUGGY_ENTRY) throw new Error('relation "secrets" does not exist')
      return fail('not_found')
    }),
  }
}
