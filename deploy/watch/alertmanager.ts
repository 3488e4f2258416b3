import { allWatched, PLATFORM_TEAM } from './watched.ts'
import { type Yaml, yamlDocument } from './yaml.ts'

const owners = [...new Set([...allWatched.map(({ owner }) => owner), PLATFORM_TEAM])].toSorted()

/** What everybody is told who has no broker. */
const WITHOUT_BROKER = [
  ...['BrokerAway', 'CallsFailing', 'CallsSlow', 'RequestsFailing', 'PushesLate', 'CanaryFailing'],
  ...['OutboxOld', 'ConsumerLag', 'DeliveriesHeld', 'StreamUnmeasured', 'RevocationsOld'],
]

const DOORS = allWatched.filter(({ procedures }) => procedures.length === 0).map(({ name }) => name)

const receiver = (owner: string, severity: string): string => `${owner}-${severity}`

/** What the same fault causes elsewhere too is told once, by its cause. */
const INHIBITIONS = [
  { cause: 'BrokerAway', told: ['CallsFailing', 'CallsSlow', 'RevocationsOld', 'CanaryFailing'] },
  { cause: 'ServiceMissing', told: ['CallsFailing', 'StreamUnmeasured'] },
]

/** An example of who is told of what: each owner's pages and tickets go to its own receivers. */
export const alertmanagerYaml = (): string =>
  yamlDocument('An example, generated from the owners in the contracts; put your receivers in.', {
    route: {
      receiver: receiver(PLATFORM_TEAM, 'ticket'),
      group_by: ['alertname', 'service'],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: '4h',
      routes: owners.flatMap((owner) =>
        ['page', 'ticket'].map((severity) => ({
          receiver: receiver(owner, severity),
          matchers: [`owner="${owner}"`, `severity="${severity}"`],
          ...(severity === 'ticket' && { repeat_interval: '24h' }),
        })),
      ),
    },
    inhibit_rules: inhibitions(),
    receivers: owners.flatMap((owner) =>
      ['page', 'ticket'].map((severity) => ({
        name: receiver(owner, severity),
        webhook_configs: [{ url: `http://127.0.0.1:9999/${owner}/${severity}` }],
      })),
    ),
  })

/** Those that say nothing new beside another. */
const inhibitions = (): Yaml => [
  ...INHIBITIONS.map(({ cause, told }) => ({
    source_matchers: [`alertname="${cause}"`],
    target_matchers: [`alertname=~"${told.join('|')}"`],
    equal: ['service'],
  })),
  {
    source_matchers: ['alertname="BrokerDown"'],
    target_matchers: [`alertname=~"${WITHOUT_BROKER.join('|')}"`],
  },
  {
    // A door without a broker cannot reach any service.
    source_matchers: ['alertname="BrokerAway"', `service=~"${DOORS.join('|')}"`],
    target_matchers: ['alertname=~"CallsFailing|CallsSlow"'],
  },
  {
    source_matchers: ['severity="page"'],
    target_matchers: ['severity="ticket"'],
    equal: ['alertname', 'service', 'consumer', 'stream'],
  },
]
