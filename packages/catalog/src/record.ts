import mesh from './mesh.json' with { type: 'json' }

/** What one service or door relies on of others, which its contract does not say. */
export interface Reliance {
  readonly service: string
  readonly isDoor: boolean
  /** Full names of the procedures it calls. */
  readonly calls: readonly string[]
  readonly consumers: readonly { readonly name: string; readonly event: string }[]
  /** Topics and signals that it shows to clients: `earnings.ledger`. */
  readonly relays: readonly string[]
}

/** What one release changed. */
export interface Release {
  /** Semantic version; undefined for what no release has yet. */
  readonly version?: string
  /** The day of it, `2026-11-21`. */
  readonly date?: string
  /** What was new, one sentence each. */
  readonly additions: readonly string[]
  /** What was broken knowingly, one line each. */
  readonly breaks: readonly string[]
  readonly why?: string
}

/** What the catalog knows of a mesh besides its contracts. */
export interface MeshRecord {
  readonly services: readonly Reliance[]
  /** The newest first. */
  readonly releases: readonly Release[]
}

/** The record of this build's mesh; `npm run generate` writes it from every service's `uses` and consumers. */
export const meshRecord: MeshRecord = mesh
