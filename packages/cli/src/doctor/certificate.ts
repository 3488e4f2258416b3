import { type Finding, bad, ok, warning } from './finding.ts'

const DAY_MS = 24 * 60 * 60 * 1_000
const SOON_DAYS = 30
const VERY_SOON_DAYS = 7

/** How long a certificate still counts; nothing where there is none. */
export const judgeCertificate = (
  name: string,
  endsAt: number | undefined,
  now = Date.now(),
): Finding[] => {
  if (endsAt === undefined) return []
  const check = `certificate of ${name}`
  const days = Math.floor((endsAt - now) / DAY_MS)
  const text = days < 0 ? 'has ended' : `ends in ${days} days`
  const mend = 'Put a new one in its place and reload the server.'
  if (days < VERY_SOON_DAYS) return [bad(check, text, mend)]
  return [days < SOON_DAYS ? warning(check, text, mend) : ok(check, text)]
}
