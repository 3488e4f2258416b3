import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { StartFailure } from './start-failure.mjs'
import { isOlder } from './version.mjs'

const floor = '22.18.0' // the first that runs TypeScript without a flag

/** Node's arguments for running a TypeScript source of the workspace. */
export const sourceArgs = ['--conditions=@meshboard/source']

/**
 * The Node the mesh runs on: the one its packages brought, else this one if it is new enough (on a
 * platform the packages have none for). Fails (StartFailure) if neither.
 */
export function meshNode({ bin }) {
  const own = join(bin, 'node')
  if (existsSync(own)) return own
  if (!isOlder(process.versions.node, floor)) return process.execPath
  throw new StartFailure(
    `the packages brought no Node for ${process.platform} ${process.arch}, and this one is ${process.versions.node}. Install Node ${floor} or newer.`,
  )
}

/**
 * The environment with the workspace's own programs first, and compiled sources kept between runs.
 */
export function withOwnTools({ env, bin, shared }) {
  return {
    ...env,
    PATH: [bin, env.PATH].filter(Boolean).join(delimiter),
    NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE || join(shared, 'compile-cache'),
  }
}
