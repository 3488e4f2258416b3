import type { RedisReport } from '@meshboard/kit'
import { judgeCertificate } from './certificate.ts'
import { type Finding, ok, warning } from './finding.ts'

/** What Redis says of itself. */
export const judgeRedis = ({ version, evicts, certificateEndsAt }: RedisReport): Finding[] => [
  evicts === undefined
    ? ok('redis', `${version}, drops no count`)
    : warning(
        'redis',
        `${version} drops counts of limits when its memory is full (maxmemory-policy ${evicts})`,
        'Set noeviction, or give limits a Redis of their own.',
      ),
  ...judgeCertificate('redis', certificateEndsAt),
]
