import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { printTable } from './print.ts'

interface ProfileNode {
  id: number
  callFrame: { functionName: string; url: string; lineNumber: number }
}
interface CpuProfile {
  nodes: ProfileNode[]
  samples?: number[]
  timeDeltas?: number[]
}

const SHOWN = 25

/** Has every role write a CPU profile of each measured stretch into a folder. */
export const openProfiles = (folder: string): { print: () => void } => {
  mkdirSync(folder, { recursive: true })
  process.env['BENCH_PROFILE'] = folder
  const before = new Set(readdirSync(folder))
  return {
    print() {
      const files = readdirSync(folder).filter(
        (file) => file.endsWith('.cpuprofile') && !before.has(file),
      )
      const roles = Map.groupBy(files, (file) => file.replace(/-\d+\.cpuprofile$/, ''))
      for (const [role, own] of roles)
        printRole(
          role,
          own.map((file) => join(folder, file)),
        )
    },
  }
}

const printRole = (role: string, files: readonly string[]): void => {
  const self = new Map<string, number>()
  for (const file of files) addSelfTimes(self, JSON.parse(readFileSync(file, 'utf8')) as CpuProfile)
  const idle = self.get('(idle) ') ?? 0
  const total = [...self.values()].reduce((sum, micros) => sum + micros, 0) - idle
  const busiest = [...self]
    .filter(([name]) => name !== '(idle) ')
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, SHOWN)
  printTable({
    title: `profile of ${role}: self time, share of what was not idle`,
    columns: ['function', '%'],
    rows: busiest.map(([name, micros]) => [name, ((100 * micros) / total).toFixed(1)]),
  })
}

const addSelfTimes = (self: Map<string, number>, profile: CpuProfile): void => {
  const names = new Map(profile.nodes.map((node) => [node.id, nameOf(node)]))
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const name = names.get(id) ?? 'unknown'
    self.set(name, (self.get(name) ?? 0) + (profile.timeDeltas?.[index] ?? 0))
  }
}

const nameOf = ({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string => {
  const file = url === '' ? '' : `${placeOf(url)}:${lineNumber + 1}`
  return `${functionName || '(anonymous)'} ${file}`
}

/** The package and file of a source, without the way to it. */
const placeOf = (url: string): string => {
  const inPackage = /\/node_modules\/(?!.*\/node_modules\/)((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
  return inPackage === undefined
    ? url.replace(/^.*\/(packages|services|e2e)\//, '$1/')
    : `${inPackage} ${basename(url)}`
}
