/** What every server of the mesh's brokers is told, alone or in a cluster. */
const BOUNDS = `
max_payload: 1MB
# A frame that is longer than this breaks the connection, so no subject may come near it.
max_control_line: 4KB
write_deadline: 10s`

const jetstream = (folder: string): string => `
jetstream {
  store_dir: ${folder}
  # Every stored event is on disk before it is acknowledged: the ledger rests on that.
  sync_interval: always
}`

const GENERATED = '# Written by "npm run generate".'

/** `nats/server.conf`: the broker of one machine, as \`up\` starts it. */
export const serverConfig = (): string => `${GENERATED}
# One broker for one machine. Values that begin with $ come from its environment.
server_name: meshboard
host: 127.0.0.1
port: $NATS_PORT
http_port: $NATS_MONITOR_PORT
${BOUNDS}
${jetstream('$NATS_STORE_DIR')}

include permissions.conf
`

const ROUTES_TLS = `
  tls {
    verify: true
    cert_file: $TLS_CERT_FILE
    key_file: $TLS_KEY_FILE
    ca_file: $TLS_CA_FILE
  }`

const TLS = `
tls {
  cert_file: $TLS_CERT_FILE
  key_file: $TLS_KEY_FILE
  ca_file: $TLS_CA_FILE
}`

const ENVIRONMENT = [
  ['SERVER_NAME', 'n1, n2, n3: another one for each server, and the same for ever'],
  ['CLUSTER_ROUTES', '[nats://n1:6222, nats://n2:6222, nats://n3:6222]: all of them'],
  ['STORE_DIR', 'the folder of its streams, on a disk of its own'],
  ['NATS_PASSWORD_<USER>', 'of each user in permissions.conf, if that file has not its own lines'],
] as const

const OF_TLS = ['TLS_CERT_FILE', 'TLS_KEY_FILE', 'TLS_CA_FILE']

const environmentOf = (tls: boolean): string =>
  [
    ...ENVIRONMENT.map(([name, meaning]) => `#   ${name.padEnd(21)} ${meaning}`),
    ...(tls ? [`#   ${OF_TLS.join(', ')}  of clients and of servers among each other`] : []),
  ].join('\n')

/**
 * `nats/cluster.conf` and `nats/cluster-tls.conf`: each server of a cluster, with the permissions of
 * `permissions.conf` beside it. Ports: 4222 for clients, 6222 among each other, 8222 monitoring.
 */
export const clusterConfig = ({ tls }: { tls: boolean }): string => `${GENERATED}
# One server of a cluster of three or five. Values that begin with $ come from its environment:
${environmentOf(tls)}
server_name: $SERVER_NAME
server_tags: ["sync:always"]
host: 0.0.0.0
port: 4222
http_port: 8222
${BOUNDS}
# A client that stands still is let go after six seconds, and a server among the others, too.
ping_interval: "2s"
ping_max: 2
${tls ? TLS : ''}${jetstream('$STORE_DIR')}

# Whoever reaches this port may join: let only the servers, by a network rule${tls ? ' and the certificates below' : ' or with cluster-tls.conf'}.
cluster {
  name: meshboard
  host: 0.0.0.0
  port: 6222
  routes: $CLUSTER_ROUTES
  # Clients know every server from NATS_URL.
  no_advertise: true${tls ? ROUTES_TLS : ''}
}

include permissions.conf
`
