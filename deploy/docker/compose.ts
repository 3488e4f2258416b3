import { type Service, baseConfig } from '@meshboard/kit'
import { stringify } from 'yaml'
import { services } from '../src/mesh.ts'
import { type Container, serverContainers } from './compose-servers.ts'
import { BROKERS, SIGNING_KEY, environmentOf, setUpEnvironment } from './program-environment.ts'

const HEAD = `# Generated from the services' configuration; "npm run generate" writes it.
#
#   node deploy/docker/secrets.mjs
#   docker compose --file deploy/docker/compose.yaml up --build --detach
#
`

/** Beyond what a service takes to stop by itself. */
const SPARE_MS = 10_000
const KEYS = 'keys:/keys'

/** The image of a program of ours, built here when it is not there. */
const programOf = (name: string): Container => ({
  image: `meshboard/${name}:\${MESHBOARD_VERSION:-local}`,
  build: { context: '../..', dockerfile: 'deploy/docker/Dockerfile', args: { PROGRAM: name } },
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
})

const after = (condition: string, names: readonly string[]): Record<string, Container> =>
  Object.fromEntries(names.map((name) => [name, { condition }]))

const container = (service: Service): Container => {
  const environment = environmentOf(service)
  const signs = Object.values(environment).includes(SIGNING_KEY)
  const graceMs = Number(baseConfig.stopMsMax.default) + SPARE_MS
  return {
    ...programOf(service.name),
    environment,
    ...(signs && { volumes: [`${KEYS}:ro`] }),
    depends_on: {
      ...after('service_completed_successfully', signs ? ['setup', 'keys'] : ['setup']),
      ...after('service_healthy', 'REDIS_URL' in environment ? ['redis'] : []),
    },
    restart: 'unless-stopped',
    stop_grace_period: `${graceMs / 1000}s`,
  }
}

/** Schemas, roles, streams and durables, before any service starts. */
const setUp = (): Container => ({
  ...programOf('tools'),
  command: ['setup'],
  init: true,
  environment: setUpEnvironment(),
  depends_on: after('service_healthy', [...BROKERS, 'postgres']),
})

/** The key that auth signs tokens with, made once and readable by nobody else. */
const keys = (): Container => ({
  ...programOf('tools'),
  entrypoint: ['node', '/make-signing-key.mjs', SIGNING_KEY],
  user: '0:0',
  cap_add: ['CHOWN'],
  volumes: [KEYS, './make-signing-key.mjs:/make-signing-key.mjs:ro'],
})

const VOLUME = /^([\w-]+):/

/** The whole mesh for Docker Compose: `compose.yaml`. */
export const composeFile = (): string => {
  const containers: Readonly<Record<string, Container>> = {
    ...Object.fromEntries(services.map((service) => [service.name, container(service)])),
    setup: setUp(),
    keys: keys(),
    ...serverContainers(),
  }
  const mounts = Object.values(containers).flatMap(({ volumes = [] }) => volumes as string[])
  const volumes = mounts.flatMap((mount) => VOLUME.exec(mount)?.[1] ?? [])
  const file = {
    name: 'meshboard',
    services: containers,
    volumes: Object.fromEntries([...new Set(volumes)].map((name) => [name, {}])),
  }
  const style = { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false } as const
  // Not every reader of Compose files is of YAML 1.2, where `yes` is a word.
  return HEAD + stringify(file, { ...style, compat: 'yaml-1.1' })
}
