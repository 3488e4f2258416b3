import { HEADERS, rpcSubjects } from '@meshboard/contracts'
import { connectBroker, encodeJson } from '../src/index.ts'

// A service as a process of its own, so that a test can stop it in its tracks. Answers `echo` with
// the names of the procedures it has been asked for.
const [url = '', password = ''] = process.argv.slice(2)
const asked: string[] = []
const broker = await connectBroker({
  servers: [url],
  service: 'network',
  user: 'network',
  password,
  onFault: (error) => process.stderr.write(`${error.message}\n`),
})
await broker.serve(rpcSubjects('network'), 'network', ({ subject, reply }) => {
  asked.push(subject.split('.').at(-1) ?? '')
  const isEcho = subject.endsWith('.echo')
  const body = isEcho ? { data: asked.join(' ') } : { code: 'not_found' }
  broker.publish(reply ?? '', encodeJson(body), isEcho ? {} : { [HEADERS.failure]: 'not_found' })
})
process.send?.('ready')
