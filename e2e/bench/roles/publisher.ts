import { earnings, eventSubject, streamName } from '@meshboard/contracts'
import { connectBroker, encodeJson } from '@meshboard/kit'
import { jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { bodyOf } from '../body.ts'
import { type Loop, closedLoop } from '../closed-loop.ts'
import { playRole } from '../role.ts'

interface Setup {
  url: string
  kind: 'store' | 'js.publish'
  user: string
  password: string
}

const SUBJECT = eventSubject(earnings.name, 'ledger', 'bench')
const STREAM = streamName(earnings.name)
const BODY = encodeJson(bodyOf(200))
const STORE_MS = 5_000

const storing = async ({ url, user, password }: Setup) => {
  const onFault = (error: Error) => void process.stderr.write(`${error.message}\n`)
  const broker = await connectBroker({ servers: [url], service: user, user, password, onFault })
  let count = 0
  const store = () => {
    const id = `evt_${(count += 1)}`
    return broker.store(STREAM, SUBJECT, BODY, {
      id,
      headers: {},
      deadline: Date.now() + STORE_MS,
    })
  }
  return { store, close: () => broker.close() }
}

const publishing = async ({ url }: Setup) => {
  const connection = await connect({ servers: url })
  const stream = jetstream(connection)
  return { store: () => stream.publish(SUBJECT, BODY), close: () => connection.close() }
}

await playRole(async (setup: Setup) => {
  const { store, close } = await (setup.kind === 'store' ? storing(setup) : publishing(setup))
  return { orders: { load: (loop: Loop) => closedLoop(store, loop) }, close }
})
