import { permissionsConfig } from '@meshboard/kit'
import { services } from './mesh.ts'

/** `nats/permissions.conf`: what each service may do on the broker. */
export const brokerPermissions = (): string =>
  [
    '# Generated from the contracts and each service\'s uses; "npm run generate" writes it.',
    permissionsConfig(services.map((service) => ({ ...service, service: service.name }))),
  ].join('\n')
