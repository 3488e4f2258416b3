import { type BrokerExtras, permissionsConfig } from '@meshboard/kit'
import { services } from './mesh.ts'
import { retired } from './retired.ts'

/** `nats/permissions.conf`: what each service may do on the broker. */
export const brokerPermissions = (extras: BrokerExtras = {}): string =>
  [
    '# Generated from the contracts and each service\'s uses; "npm run generate" writes it.',
    permissionsConfig(
      services.map((service) => ({ ...service, service: service.name })),
      { system: true, retired, ...extras },
    ),
  ].join('\n')
