import { type InputOf, type OutputOf, type Procedure, findProcedure } from '@meshboard/contracts'
import type { Up } from './up.ts'

/** Calls a procedure by its REST route with a user's token; throws with the answer's text when it is refused. */
export const overRest = async <P extends Procedure>(
  ...[up, procedure, { token, input = {} }]: [
    Up,
    P,
    { token?: string; input?: Partial<InputOf<P>> & Record<string, unknown> },
  ]
): Promise<OutputOf<P>> => {
  const [method = 'GET', template = ''] = findProcedure(procedure.name)?.http?.split(' ') ?? []
  const path = template.replaceAll(/\{(\w+)\}/g, (_, field: string) => String(input[field]))
  const rest = Object.entries(input).filter(([field]) => !template.includes(`{${field}}`))
  const query =
    method === 'GET' ? `?${new URLSearchParams(rest.map(([k, v]) => [k, String(v)]))}` : ''
  const answer = await fetch(`${await up.urlOf('gateway')}${path}${query}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(method !== 'GET' && { body: JSON.stringify(Object.fromEntries(rest)) }),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return (answer.status === 204 ? {} : await answer.json()) as OutputOf<P>
}
