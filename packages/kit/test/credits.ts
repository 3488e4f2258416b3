import { type EventDeclaration, earnings } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { type Received, newId } from '../src/index.ts'

/** Full counts with `npm run test:full`. */
export const isFull = process.env['MESH_TEST_FULL'] === '1'

/** What earnings would say of a credit; the amount tells events apart. */
export const creditOf = (user: string, amount = '1.000000') => ({
  entry_id: newId('entry'),
  user_id: user,
  amount,
  source: 'network' as const,
  balance: amount,
  timestamp: new Date().toISOString(),
})

/** The data of a received credit. */
export const creditIn = ({ data }: Received<EventDeclaration>) =>
  data as ReturnType<typeof creditOf>

/** Stores credits without waiting between them, `given` by their place. Gives their ids. */
export const storeCredits = async (
  mesh: TestMesh,
  credits: readonly ReturnType<typeof creditOf>[],
  given: (place: number) => Parameters<TestMesh['store']>[2] = () => ({}),
): Promise<string[]> => {
  // One connection, so that they arrive in order.
  await mesh.brokerOf('earnings')
  return Promise.all(
    credits.map((credit, place) => mesh.store(earnings.events.credited, credit, given(place))),
  )
}
