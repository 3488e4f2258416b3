import { type KeyObject, X509Certificate, createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Variable } from '../config.ts'

/** A certificate with its key, as a server presents it. */
export interface KeyPair {
  /** PEM: the server's own, then those between it and the one that its clients trust. */
  readonly cert: string
  readonly key: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Where they are. */
export interface KeyPairFiles {
  readonly certFile: string
  readonly keyFile: string
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/

/** All certificates of a PEM file. Throws a `RangeError` that names it when it has none, or a broken one. */
export const readCertificates = (file: string): readonly X509Certificate[] =>
  certificatesIn(textOf(file), file)

/**
 * Reads a certificate and its key as they are now. Throws a `RangeError` that names the file and what
 * is wrong: it is not there, is not PEM, is of another time, or the two do not belong together.
 */
export const readKeyPair = ({ certFile, keyFile }: KeyPairFiles): KeyPair => {
  const [cert, key] = [textOf(certFile), textOf(keyFile)]
  const own = inItsTime(certificatesIn(cert, certFile), certFile)
  if (!own.checkPrivateKey(privateKeyIn(key, keyFile)))
    throw new RangeError(`the key of ${keyFile} is not that of the certificate in ${certFile}`)
  return { cert, key, expiresAt: Date.parse(own.validTo) }
}

interface Named {
  env: string
  meaning: string
}

/** A PEM file of certificates that are trusted; empty: none is named. */
export const trustFile = (spec: Named): Variable<string> => pemFile(spec, readCertificates)

/** A PEM file with a certificate to be presented, and its chain; empty: none. One of another time is a fault. */
export const certificateFile = (spec: Named): Variable<string> =>
  pemFile(spec, (file) => inItsTime(readCertificates(file), file))

/** A PEM file with the private key of a certificate, without a passphrase; empty: none. */
export const privateKeyFile = (spec: Named): Variable<string> =>
  pemFile(spec, (file) => privateKeyIn(textOf(file), file))

const pemFile = (spec: Named, look: (file: string) => unknown): Variable<string> => ({
  ...spec,
  shape: { kind: 'text' },
  default: '',
  read(file) {
    if (file !== '') look(file)
    return file
  },
})

const UNREAD: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'may not be read',
  EISDIR: 'is a folder',
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new RangeError(`${file} ${UNREAD[code] ?? `cannot be read (${code})`}`)
  }
}

const certificatesIn = (text: string, file: string): readonly X509Certificate[] => {
  const found = text.match(CERTIFICATE) ?? []
  if (found.length === 0) throw new RangeError(`${file} has no certificate in PEM`)
  return found.map((pem, index) => {
    try {
      return new X509Certificate(pem)
    } catch {
      throw new RangeError(`certificate ${index + 1} of ${file} is broken`)
    }
  })
}

const inItsTime = (chain: readonly X509Certificate[], file: string): X509Certificate => {
  const [own] = chain as [X509Certificate]
  if (Date.parse(own.validTo) <= Date.now())
    throw new RangeError(`the certificate of ${file} has expired, on ${own.validTo}`)
  if (Date.parse(own.validFrom) > Date.now())
    throw new RangeError(`the certificate of ${file} is not valid before ${own.validFrom}`)
  return own
}

const privateKeyIn = (text: string, file: string): KeyObject => {
  if (!PRIVATE_KEY.test(text)) throw new RangeError(`${file} has no private key in PEM`)
  try {
    return createPrivateKey(text)
  } catch {
    throw new RangeError(`the key of ${file} is broken, or behind a passphrase`)
  }
}
