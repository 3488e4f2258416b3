import type { Exposition } from '@meshboard/kit'

const END = '# EOF'
const ABOUT = /^# (?:HELP|TYPE|UNIT) (\S+)/

interface Family {
  readonly about: string[]
  readonly samples: string[]
}

/**
 * The measurements of several processes as one text: each family once, with the samples of all. They
 * must have a label that tells them apart.
 */
export const mergeMetrics = (expositions: readonly Exposition[]): Exposition => {
  const families = new Map<string, Family>()
  for (const { body } of expositions) addTo(families, body)
  const lines = [...families.values()].flatMap(({ about, samples }) => [...about, ...samples])
  const isOpen = expositions.some(({ body }) => body.includes(END))
  const type = expositions[0]?.type ?? 'text/plain'
  return { type, body: [...lines, ...(isOpen ? [END] : []), ''].join('\n') }
}

const addTo = (families: Map<string, Family>, body: string): void => {
  let family: Family = { about: [], samples: [] }
  let isNew = false
  let name = ''
  for (const line of body.split('\n')) {
    if (line === '' || line === END) continue
    const about = ABOUT.exec(line)?.[1]
    if (about === undefined) {
      family.samples.push(line)
      continue
    }
    if (about !== name) {
      name = about
      isNew = !families.has(name)
      family = families.get(name) ?? { about: [], samples: [] }
      families.set(name, family)
    }
    if (isNew) family.about.push(line)
  }
}
