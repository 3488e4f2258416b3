// The library below asks for it.
import 'reflect-metadata'
import { KeyObject, webcrypto } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BasicConstraintsExtension,
  type X509Certificate,
  X509CertificateGenerator,
  SubjectAlternativeNameExtension,
} from '@peculiar/x509'

const DAY_MS = 24 * 60 * 60 * 1000
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** Where a certificate and its key lie, PEM. */
export interface IssuedFiles {
  readonly certFile: string
  readonly keyFile: string
}

/** What a certificate is to say. */
export interface Wanted {
  /** Host names, and addresses as such. Default: `localhost`. */
  readonly names?: readonly string[]
  /** From when and until when it is good, milliseconds since 1970. Default: a day ago, in a day. */
  readonly from?: number
  readonly until?: number
  /** Where the files go, without their ending; files that are there are overwritten. Default: new ones. */
  readonly place?: string
}

/** Signs certificates for the servers of a test; all of it lies in a temporary folder. */
export class Authority {
  /** For who is to trust what this one has signed. */
  readonly caFile: string
  readonly folder: string
  readonly #keys: webcrypto.CryptoKeyPair
  readonly #certificate: X509Certificate
  #issued = 0

  private constructor(folder: string, keys: webcrypto.CryptoKeyPair, certificate: X509Certificate) {
    this.folder = folder
    this.caFile = join(folder, 'ca.pem')
    this.#keys = keys
    this.#certificate = certificate
  }

  static async create(name = 'Authority of a test'): Promise<Authority> {
    const keys = await newKeys()
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + DAY_MS),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [new BasicConstraintsExtension(true, 0, true)],
    })
    const folder = await mkdtemp(join(tmpdir(), 'meshboard-tls-'))
    const authority = new Authority(folder, keys, certificate)
    await writeFile(authority.caFile, pemOf(certificate))
    return authority
  }

  /** Signs a certificate with a key of its own. */
  async issue(wanted: Wanted = {}): Promise<IssuedFiles> {
    const { names = ['localhost'], from = Date.now() - DAY_MS } = wanted
    const { until = Date.now() + DAY_MS, place = `issued-${(this.#issued += 1)}` } = wanted
    const keys = await newKeys()
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${names[0]}`,
      issuer: this.#certificate.subject,
      notBefore: new Date(from),
      notAfter: new Date(until),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: [new SubjectAlternativeNameExtension(names.map(nameOf))],
    })
    const [certFile, keyFile] = [`${place}.pem`, `${place}-key.pem`].map((name) =>
      join(this.folder, name),
    ) as [string, string]
    const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' })
    await writeFile(keyFile, key, { mode: 0o600 })
    await writeFile(certFile, pemOf(certificate))
    return { certFile, keyFile }
  }

  /** Deletes all its files. */
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** Files of it may be put one behind the other. */
const pemOf = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])

const nameOf = (name: string) => ({
  type: /^[\d.]+$/.test(name) ? ('ip' as const) : ('dns' as const),
  value: name,
})
