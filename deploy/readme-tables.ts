import {
  type Contract,
  eventSubject,
  localName,
  rpcSubject,
  signalSubject,
} from '@meshboard/contracts'
import { databaseConfig } from '@meshboard/db'
import { type ConfigSchema, type Service, baseConfig } from '@meshboard/kit'
import { config as tracePageConfig } from '@meshboard/trace-page/config'
import type { GeneratedFile } from './generator.ts'
import { markdownTable, markedSection } from './markdown.ts'
import { services } from './src/mesh.ts'

const code = (text: string): string => `\`${text}\``

const configTable = (config: ConfigSchema): string =>
  markdownTable(
    ['variable', 'default', 'meaning'],
    Object.values(config).map((variable) => [
      code(variable.env),
      variable.default === undefined
        ? 'must be set'
        : variable.default === ''
          ? 'empty'
          : code(variable.default),
      variable.meaning,
    ]),
  )

const proceduresTable = (contract: Contract): string =>
  markdownTable(
    ['procedure', 'subject', 'who', 'REST', 'what it does'],
    Object.values(contract.procedures).map(({ name, access, http, socket, summary }) => [
      code(localName(name)),
      code(rpcSubject(contract.name, localName(name))),
      socket ? `${access}, also at the edge` : access,
      http === undefined ? '' : code(http),
      summary,
    ]),
  )

const signalsTable = (contract: Contract): string =>
  markdownTable(
    ['signal', 'subject', 'what it says'],
    Object.values(contract.signals).map(({ name, summary }) => [
      code(localName(name)),
      code(signalSubject(contract.name, localName(name), 'KEY').replace('KEY', '<key>')),
      summary,
    ]),
  )

const eventsTable = (contract: Contract, service: Service): string =>
  [
    markdownTable(
      ['event', 'subject', 'kept', 'what has happened'],
      Object.values(contract.events).map(({ name, topic, key, keepDays, summary }) => [
        code(localName(name)),
        code(eventSubject(contract.name, topic, 'KEY').replace('KEY', `<${key}>`)),
        `${keepDays} days`,
        summary,
      ]),
    ),
    ...(Object.keys(contract.signals).length === 0 ? [] : [signalsTable(contract)]),
    ...(service.consumers.length === 0
      ? []
      : [
          markdownTable(
            ['consumer', 'event'],
            service.consumers.map(({ name, event }) => [code(name), code(event.name)]),
          ),
        ]),
  ].join('\n\n')

/** A service's own variables; those that every service has stand in the READMEs of kit and db. */
const ownConfig = (config: ConfigSchema): ConfigSchema =>
  Object.fromEntries(
    Object.entries(config).filter(([name]) => !(name in baseConfig) && !(name in databaseConfig)),
  )

const serviceTables = (service: Service): GeneratedFile[] => {
  const path = `services/${service.name}/README.md`
  const { contract } = service
  return [
    markedSection(path, 'config', () => configTable(ownConfig(service.config))),
    ...(contract
      ? [
          markedSection(path, 'procedures', () => proceduresTable(contract)),
          markedSection(path, 'events', () => eventsTable(contract, service)),
        ]
      : []),
  ]
}

/** The tables in the READMEs that follow from contracts and configuration. */
export const readmeTables: readonly GeneratedFile[] = [
  markedSection('packages/kit/README.md', 'config', () => configTable(baseConfig)),
  markedSection('packages/db/README.md', 'config', () => configTable(databaseConfig)),
  markedSection('packages/trace-page/README.md', 'config', () => configTable(tracePageConfig)),
  ...services.flatMap(serviceTables),
]
