import { type ConfigOf, type Variable, defineConfig, integer } from '../config.ts'
import { certificateFile, privateKeyFile } from './pem-files.ts'

const YEAR_SECONDS = 365 * 24 * 60 * 60

/** A host name or address as it stands in a URL, with a port where it is not 443. */
const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i

const publicHost = (spec: { env: string; meaning: string }): Variable<string> => ({
  ...spec,
  shape: { kind: 'text' },
  default: '',
  read(text) {
    if (text === '' || HOST.test(text)) return text.toLowerCase()
    throw new RangeError('must be a host name, with :port where that is not 443')
  },
})

/** How a door can be told to speak TLS, and to send on those who come without; `door` begins its variables. */
export const doorConfig = (door: string) =>
  defineConfig({ ...certificateConfig(door), ...publicConfig(door) })

const certificateConfig = (door: string) =>
  defineConfig({
    tlsCertFile: certificateFile({
      env: `${door}_TLS_CERT_FILE`,
      meaning:
        'PEM file with the certificate of the door and its chain: the port then speaks TLS and nothing else. Empty: no TLS.',
    }),
    tlsKeyFile: privateKeyFile({
      env: `${door}_TLS_KEY_FILE`,
      meaning: 'PEM file with its private key, without a passphrase.',
    }),
    tlsLookMs: integer({
      env: `${door}_TLS_LOOK_MS`,
      meaning:
        'Time between looks whether certificate and key have changed: new connections get the new ones; what cannot be used is logged and not taken.',
      default: 10_000,
      min: 50,
      max: 3_600_000,
    }),
  })

const publicConfig = (door: string) =>
  defineConfig({
    publicHost: publicHost({
      env: `${door}_PUBLIC_HOST`,
      meaning:
        'The name clients know the door by, with :port where that is not 443; only requests for it are sent on to HTTPS, others get 421.',
    }),
    redirectPort: integer({
      env: `${door}_REDIRECT_PORT`,
      meaning:
        'Port that answers plain HTTP with 308 to the same path at https:// and the public host; 0: none.',
      default: 0,
      min: 0,
      max: 65_535,
    }),
    hstsSeconds: integer({
      env: `${door}_HSTS_SECONDS`,
      meaning:
        'How long a browser that came by HTTPS comes by nothing else (Strict-Transport-Security); 0: it forgets.',
      default: YEAR_SECONDS,
      min: 0,
      max: 2 * YEAR_SECONDS,
    }),
  })

/** What `doorConfig` gives, as it was read. */
export type DoorConfig = ConfigOf<ReturnType<typeof doorConfig>>
