// Goal: each broker user may do what the contracts and its uses say, and nothing more.
// Method: every user tries every subject, publishing, listening and as one of a queue, on a real
// broker with the generated permissions; what passes is compared with the rule said a second time.
// Shows: N1
import { type NatsServer, BrokerUser, startNats } from '@meshboard/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { covers, rules } from './broker-rule.ts'
import { queued, subjects, wildcards } from './broker-subjects.ts'

let nats: NatsServer
beforeAll(async () => {
  nats = await startNats()
})
afterAll(() => nats.stop())

const within = (patterns: readonly string[], all: readonly string[]): string[] =>
  all.filter((subject) => patterns.some((pattern) => covers(pattern, subject)))

describe.each(rules)('$user', ({ user, publish, subscribe, queues }) => {
  const listened = [...subjects, ...wildcards]
  let broker: BrokerUser
  beforeAll(async () => {
    broker = await BrokerUser.open(nats, user)
  })
  afterAll(() => broker.close())

  test('publishes what it may, and nothing else', async () => {
    expect(await broker.publishable(subjects)).toEqual(within(publish, subjects))
  })

  test('listens to what it may, and to nothing else', async () => {
    expect(await broker.subscribable(listened)).toEqual(within(subscribe, listened))
  })

  test('is one of its own queue, and of no other', async () => {
    const all = [...queued, ...wildcards]
    for (const queue of [user, 'strangers', 'auth']) {
      const open = queues.filter(([, own]) => own === queue).map(([pattern]) => pattern)
      expect(await broker.subscribable(all, queue), queue).toEqual(
        within([...subscribe, ...open], all),
      )
    }
  })
})

test('there is something to try', () => {
  expect(subjects.length).toBeGreaterThan(300)
  for (const { publish, subscribe } of rules) {
    expect(within(publish, subjects).length).toBeGreaterThan(0)
    expect(within(subscribe, subjects).length).toBeGreaterThan(0)
  }
})

test('no service may read a stream that it may write: it can have nothing of its own copied', () => {
  for (const { user, publish } of rules) {
    const own = `EVT_${user.toUpperCase()}`
    const reads = publish.filter((pattern) => /\.(DIRECT\.GET|MSG\.NEXT)\./.test(pattern))
    expect(reads.filter((pattern) => pattern.includes(`.${own}`))).toEqual([])
  }
})
