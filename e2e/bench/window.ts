import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { basename, join } from 'node:path'

const SAMPLE_MICROS = 200

/**
 * A measured stretch of this process: its processor time, all threads, in microseconds. With
 * BENCH_PROFILE a CPU profile of just that stretch is written to the folder it names.
 */
export const startWindow = () => {
  const folder = process.env['BENCH_PROFILE']
  let before = process.cpuUsage()
  let session: Session | undefined
  return {
    async begin(): Promise<void> {
      if (folder !== undefined) session = await startProfile()
      before = process.cpuUsage()
    },
    async end(): Promise<number> {
      const { user, system } = process.cpuUsage(before)
      if (folder !== undefined && session) await writeProfile(session, folder)
      return user + system
    },
  }
}

const startProfile = async (): Promise<Session> => {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_MICROS })
  await session.post('Profiler.start')
  return session
}

const writeProfile = async (session: Session, folder: string): Promise<void> => {
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  const role = basename(process.argv[1] ?? 'role', '.ts')
  writeFileSync(join(folder, `${role}-${process.pid}.cpuprofile`), JSON.stringify(profile))
}
