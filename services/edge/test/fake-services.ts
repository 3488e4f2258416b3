import {
  type Procedure,
  auth,
  earnings,
  failure,
  network,
  notification,
  referral,
  user,
} from '@meshboard/contracts'
import {
  type CallContext,
  type Service,
  defineConfig,
  defineService,
  handler,
} from '@meshboard/kit'
import type { TestAuth } from './test-auth.ts'

type Answer = (context: CallContext<Procedure>) => unknown

/** What stands in for the services behind the channels: answers given by the test, by the procedure's name. */
export type Answers = Record<string, Answer>

const isAway: Answer = () => {
  throw failure('unavailable')
}

/** The services an edge needs around it, on the real contracts. */
export const fakeServices = (authority: TestAuth, answers: Answers): readonly Service[] => {
  const common = { config: defineConfig({}), uses: { calls: [] }, open: async () => ({}) }
  const answering = (procedures: Record<string, Procedure>): never =>
    Object.fromEntries(
      Object.entries(procedures).map(([name, procedure]) => [
        name,
        handler(
          procedure,
          async (context) => (answers[procedure.name] ?? isAway)(context) as never,
        ),
      ]),
    ) as never
  return [
    defineService({
      ...common,
      contract: auth,
      procedures: {
        ...(answering(auth.procedures) as object),
        openSession: handler(auth.procedures.openSession, (context) => authority.open(context)),
        jwks: handler(auth.procedures.jwks, async () => ({ keys: [authority.jwk] })),
        listRevoked: handler(auth.procedures.listRevoked, async () => ({
          session_ids: [...authority.revoked],
        })),
      } as never,
    }),
    ...[user, network, earnings, referral, notification].map((contract) =>
      defineService({ ...common, contract, procedures: answering(contract.procedures) }),
    ),
  ]
}
