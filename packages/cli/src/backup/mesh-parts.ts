import { streamName } from '@meshboard/contracts'
import { type Environment, type Service, connectProvisioner } from '@meshboard/kit'
import { readProvisionConfig, readSetupConfig } from '../setup-config.ts'
import type { MeshParts, MeshServers } from './save-mesh.ts'
import { adminUrl } from '../tools-config.ts'

/** The servers of the mesh that the environment names, with every right. */
export const serversOf = (env: Environment): MeshServers => ({
  databaseUrl: adminUrl(env),
  broker: readProvisionConfig(env).broker,
})

/** What of a mesh is saved: every stream the broker has, every schema of this build. */
export const partsOf = async (
  services: readonly Service[],
  { broker }: MeshServers,
): Promise<MeshParts> => {
  const { figures, schemas } = await import('@meshboard/deploy')
  const provisioner = await connectProvisioner(broker)
  try {
    const streams = (await provisioner.health()).map(({ name }) => name)
    const missing = services
      .filter(({ contract }) => Object.keys(contract?.events ?? {}).length > 0)
      .map(({ name }) => streamName(name))
      .filter((name) => !streams.includes(name))
    if (missing.length > 0) throw new Error(`the broker lacks ${missing.join(', ')}`)
    return { services: Object.keys(schemas), streams: streams.toSorted(), figures }
  } finally {
    await provisioner.close()
  }
}

/** What restoring does besides moving bytes. `keepPasswords`: roles are there, and stay as they are. */
export const restoring = async (env: Environment, { keepPasswords = false } = {}) => {
  const { figures, migrateAll, zeroFigures } = await import('@meshboard/deploy')
  const passwordOf = keepPasswords ? () => undefined : readSetupConfig(env).databasePassword
  return {
    figures,
    zeros: zeroFigures,
    migrate: (databaseUrl: string) => migrateAll(databaseUrl, passwordOf),
  }
}
