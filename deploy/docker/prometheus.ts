import { stringify } from 'yaml'
import { services } from '../src/mesh.ts'

/** Where every image has its ops server. */
const OPS_PORT = 9100

/** Every instance of every service, found by name: `prometheus.yaml`. */
export const prometheusFile = (): string =>
  `# Generated from the list of services; "npm run generate" writes it.\n${stringify({
    global: { scrape_interval: '15s', evaluation_interval: '15s' },
    rule_files: ['/etc/prometheus/rules/*.yaml'],
    scrape_configs: services.map(({ name }) => ({
      job_name: name,
      dns_sd_configs: [{ names: [name], type: 'A', port: OPS_PORT, refresh_interval: '10s' }],
    })),
  })}`
