/** Where events are on their way: out of a service, into another, aside as dead letters, and on to the world outside. */
import type { Dashboard } from './form.ts';

export const messaging: Dashboard = {
  uid: 'waymark-messaging',
  title: 'messaging',
  rows: {
    'Out of a service': [
      {
        title: 'Age of the oldest event in the outbox',
        read: 'Near 0, as each is published within milliseconds; a line that rises by a second each second means that nothing leaves: the relay or the log is stuck.',
        unit: 's',
        queries: { '{{service}}': 'max by (service) (outbox_age_seconds)' },
      },
      {
        title: 'Events in the outbox',
        read: 'A hill after a burst is fine, if its age stays low; counted up to 10,000.',
        unit: 'short',
        queries: { '{{service}}': 'max by (service) (outbox_size)' },
      },
    ],
    'Into a service': [
      {
        title: 'Lag',
        read: 'Events that a group has not handled yet; hills are load, and a plateau is a partition that waits for an event or a database.',
        unit: 'short',
        queries: { '{{group}} of {{topic}}': 'max by (group, topic) (consumer_lag_events)' },
      },
      {
        title: 'Events handled',
        read: 'It moves with the orders; where the lag is high and this is 0, the group stands still.',
        unit: 'ops',
        queries: {
          '{{service}}': 'sum by (service) (rate(events_handled_total[$__rate_interval]))',
        },
      },
      {
        title: 'Failed attempts',
        read: 'Each is followed by another attempt or by a dead letter; a few at a restart of the database are usual, a steady line is not.',
        unit: 'ops',
        queries: {
          '{{service}}': 'sum by (service) (rate(event_attempts_failed_total[$__rate_interval]))',
        },
      },
      {
        title: 'Dead letters of the last hour',
        read: 'Events that were given up and kept aside; anything but 0 wants somebody to read the reason: npm run dead-letters -- list.',
        unit: 'short',
        queries: { '{{service}}': 'sum by (service) (increase(events_dead_lettered_total[1h]))' },
        now: true,
        colours: [
          ['green', null],
          ['red', 0.5],
        ],
      },
    ],
    'To the world outside': [
      {
        title: 'Payments that call for work',
        read: 'By what the card processor is to be asked next; they pass in milliseconds, so a rising line means that it does not answer.',
        unit: 'short',
        queries: {
          '{{state}}':
            'max by (state) (payments_pending) or 0 * max by (service) (outbox_size{service="payments"})',
        },
      },
      {
        title: 'Attempts at the most tried payment',
        read: '1 or 2 is the usual case, including a lost answer; a line that climbs is a processor that is away.',
        unit: 'short',
        queries: {
          attempts: 'max(payments_pending_attempts) or 0 * max(outbox_size{service="payments"})',
        },
      },
      {
        title: 'Webhooks',
        read: 'Attempts by what came of them: retried is a partner who fails now, failed one who did so for a day. Which one, its list of deliveries says.',
        unit: 'ops',
        queries: {
          '{{outcome}}': 'sum by (outcome) (rate(webhook_deliveries_total[$__rate_interval]))',
        },
      },
      {
        title: 'Webhooks that wait',
        read: 'With partners who answer it is near 0; a partner who is away keeps his here until they are delivered or given up.',
        unit: 'short',
        queries: { waiting: 'max(webhook_deliveries_waiting)' },
      },
    ],
  },
};
