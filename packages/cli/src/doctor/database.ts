import type { DatabaseReport } from '@meshboard/db'
import { counted } from '../output/amounts.ts'
import { judgeCertificate } from './certificate.ts'
import { judgeClock } from './clock.ts'
import { type Finding, bad, ok, warning } from './finding.ts'

/** Of those before, nothing was ever tried. */
const VERSION_MIN = 150_000

/** What the database says of itself. */
export const judgeDatabase = (report: DatabaseReport): Finding[] => [
  report.versionNumber >= VERSION_MIN
    ? ok('postgres', report.version)
    : bad('postgres', report.version, `Upgrade to ${VERSION_MIN / 10_000} or newer.`),
  ...Object.entries(report.lossy).map(([setting, value]) =>
    bad(
      'postgres',
      `${setting} is ${value}: commits that were acknowledged may be lost`,
      `Set ${setting} to on and reload the server.`,
    ),
  ),
  report.archives
    ? ok('archive', 'the log is archived: it can be brought back to any moment')
    : warning(
        'archive',
        'the log is not archived: it can be brought back only as it was at a backup',
        'See "To any moment" in docs/runbooks/backup-and-restore.md.',
      ),
  ...judgeSchemas(report),
  judgeClock('postgres', report),
  ...judgeCertificate('postgres', report.certificateEndsAt),
]

const judgeSchemas = ({ schemas }: DatabaseReport): Finding[] => {
  const found = schemas.flatMap(({ service, missing, faults }) => [
    ...(missing.length > 0
      ? [
          bad(
            `schema ${service}`,
            `lacks ${missing.join(', ')}`,
            "Run `mesh setup` with the database administrator's DATABASE_URL.",
          ),
        ]
      : []),
    ...faults.map((fault) =>
      bad(`role of ${service}`, fault, 'Take that right away: `mesh setup` makes the role anew.'),
    ),
  ])
  return found.length > 0
    ? found
    : [ok('schemas', `${counted(schemas.length, 'schema')} migrated, roles as they should be`)]
}
