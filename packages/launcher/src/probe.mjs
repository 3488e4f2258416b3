import { get } from 'node:http'
import { connect } from 'node:net'

/**
 * Connects to a port, writes `hello`, and resolves with the first bytes of the answer that `enough`
 * accepts (by default any). Rejects when nothing listens, when the other side closes first, or
 * after the time-out.
 */
export function converse({ host, port }, { hello, enough = () => true, timeoutMs = 2_000 } = {}) {
  return new Promise((resolve, reject) => {
    const chunks = []
    const socket = connect({ host, port })
    const end = (settle, value) => (socket.destroy(), settle(value))
    socket.setTimeout(timeoutMs, () =>
      end(reject, new Error(`no answer within ${timeoutMs / 1000} s`)),
    )
    socket.once('error', (error) => end(reject, error))
    socket.once('close', () => reject(new Error('the connection was closed')))
    if (hello) socket.write(hello)
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      const answer = Buffer.concat(chunks)
      if (enough(answer)) end(resolve, answer)
    })
  })
}

/** Whether a GET of the address answers 200. */
export async function answersOk(url) {
  return (await answerOf(url)).status === 200
}

/**
 * What a service's `/readyz` says is missing, as one sentence: `broker: it is not reached`. Empty
 * when it says nothing, or does not answer.
 */
export async function faultsAt(url) {
  const { text } = await answerOf(url)
  try {
    const faults = Object.entries(JSON.parse(text).faults ?? {})
    return faults.map(([part, fault]) => `${part}: ${fault}`).join('; ')
  } catch {
    return ''
  }
}

function answerOf(url) {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 2_000 }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', () => resolve({ status: 0, text: '' }))
      response.on('end', () =>
        resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }),
      )
    })
    request.once('timeout', () => request.destroy())
    request.once('error', () => resolve({ status: 0, text: '' }))
  })
}
