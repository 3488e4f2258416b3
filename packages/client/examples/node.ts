/**
 * Signs up, connects this machine as a device, and prints its points as they come.
 *
 *     node node.ts [ws://localhost:8081/ws/v1] [http://localhost:8080]
 */
import { createClient, generateKey, register } from '@meshboard/client'

const [url = 'ws://localhost:8081/ws/v1', gatewayUrl = 'http://localhost:8080'] =
  process.argv.slice(2)

const { key, seed } = await generateKey() // as secret as a password: keep it
const username = `example-${key.publicKey.slice(0, 8)}`
await register({ gatewayUrl, key, username })
console.log(`signed up as ${username}, seed ${seed}`)

const client = createClient({ url, credentials: { key } })
client.on('degraded', (now) =>
  console.log(now.cause === 'connection' ? now.failure.message : 'the mesh is away'),
)
client.on('closed', ({ failure }) => console.log(failure?.message ?? 'goodbye'))
await client.connect()

const { balance } = await client.earnings.getSummary()
console.log(`balance ${balance}`)

const device = await client.network.connect({ device_id: 'example', network_name: 'home' })
const quality = { latency_ms: 12, jitter_ms: 1, packet_loss_pct: 0 }
const beat = () => client.network.heartbeat({ connection_id: device.id, quality })
setInterval(() => void beat().catch((error: Error) => console.log(error.message)), 1_000)

for await (const { event, data } of client.channel('earnings').watch()) {
  console.log(`${event} ${data.amount}, balance ${data.balance}`)
}
