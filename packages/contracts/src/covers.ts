/**
 * Whether everything that `subject` may stand for lies within `pattern`; both may have wildcards. As
 * the broker judges rights: `rpc.*` covers `rpc.a` and `rpc.*`, not `rpc.>`.
 */
export const covers = (pattern: string, subject: string): boolean => {
  const allowed = pattern.split('.')
  const wanted = subject.split('.')
  const rest = allowed.indexOf('>')
  const fixed = rest === -1 ? allowed : allowed.slice(0, rest)
  if (rest === -1 ? wanted.length !== fixed.length : wanted.length <= fixed.length) return false
  return fixed.every((token, index) => token === wanted[index] || takesAny(token, wanted[index]))
}

const takesAny = (token: string, wanted: string | undefined): boolean =>
  token === '*' && wanted !== '>'
