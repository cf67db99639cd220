/** The first page to open: are the promises kept, do orders get through, and is everybody there. */
import type { Dashboard } from './form.ts';

const INTAKE = 'service="gateway", method="POST", route="/v1/orders"';

export const platform: Dashboard = {
  uid: 'waymark-platform',
  title: 'platform',
  rows: {
    Promises: [
      {
        title: 'Error budget that is left, of 30 days',
        read: 'Of the failures that each objective allows in 30 days, the part that is still there: 100 % is a month without a failure, and below 0 % the promise is broken.',
        unit: 'percentunit',
        queries: { '{{slo}}': 'slo:error_budget_remaining:ratio' },
        now: true,
        colours: [
          ['red', null],
          ['orange', 0],
          ['green', 0.25],
        ],
      },
      {
        title: 'How fast the budget burns',
        read: 'At 1 the budget lasts its 30 days exactly; 14.4 spends it in two days and wakes somebody, if the last 5 minutes are no better.',
        unit: 'short',
        queries: { '{{slo}}': 'slo:error_ratio:rate1h / slo:error_budget:ratio' },
      },
      {
        title: 'Alerts that fire',
        read: 'Anything but 0 has a name in Prometheus under Alerts, and its part in docs/observability.md says what to do.',
        unit: 'short',
        queries: { firing: 'count(ALERTS{alertstate="firing"}) or vector(0)' },
        now: true,
        colours: [
          ['green', null],
          ['red', 1],
        ],
      },
    ],
    Orders: [
      {
        title: 'Orders taken and refused',
        read: '2xx were taken, 4xx were refused for a reason of the customer, and 5xx is our fault and spends the budget of intake-availability.',
        unit: 'reqps',
        queries: {
          '{{status}}': `sum by (status) (rate(http_request_duration_seconds_count{${INTAKE}}[$__rate_interval]))`,
        },
      },
      {
        title: 'Orders decided',
        read: 'In sum it follows the orders taken by seconds; any deadline-passed at all says that the saga waited in vain for somebody.',
        unit: 'ops',
        queries: {
          '{{outcome}}':
            'sum by (outcome) (rate(order_decision_duration_seconds_count[$__rate_interval]))',
        },
      },
      {
        title: 'Orders that wait for a decision',
        read: 'Placed waits for stock, awaiting-payment for the card; a line that only rises says which of the two is away.',
        unit: 'short',
        queries: { '{{state}}': 'max by (state) (orders_undecided)' },
      },
    ],
    'How long customers wait': [
      {
        title: 'For the answer to an order',
        read: 'Half of all orders were answered faster than p50, and 99 of 100 faster than p99, which should stay below 250 ms; a point leads to the trace of one order.',
        unit: 's',
        queries: quantiles(`http_request_duration_seconds_bucket{${INTAKE}, status="2xx"}`),
        exemplars: true,
      },
      {
        title: 'For the confirmation',
        read: 'From placing an order to its confirmation, through inventory and payments; p99 should stay below 2 s, and a point leads to the trace of one order.',
        unit: 's',
        queries: quantiles('order_decision_duration_seconds_bucket{outcome="confirmed"}'),
        exemplars: true,
      },
      {
        title: 'For a live update',
        read: 'The age of 99 of 100 updates when they are on the feed and when they are sent to a client; both should stay below 1 s, and if only client is high, look at notifications.',
        unit: 's',
        queries: {
          '{{stage}}':
            'histogram_quantile(0.99, sum by (le, stage) (rate(live_update_delay_seconds_bucket[$__rate_interval])))',
        },
        exemplars: true,
      },
    ],
    Services: [
      {
        title: 'Who is there',
        read: '1 answered the last scrape, and 0 did not: it is down, or too busy to say so.',
        unit: 'short',
        queries: { '{{service}}': 'min by (service) (up{job="waymark"})' },
        now: true,
        colours: [
          ['red', null],
          ['green', 1],
        ],
      },
      {
        title: 'Failed requests, by service',
        read: 'The part of all requests that ended in 5xx; where the gateway fails together with one service behind it, start with that one.',
        unit: 'percentunit',
        queries: {
          '{{service}}': `(
  sum by (service) (rate(http_request_duration_seconds_count{status="5xx"}[$__rate_interval]))
  or 0 * sum by (service) (rate(http_request_duration_seconds_count[$__rate_interval]))
) / sum by (service) (rate(http_request_duration_seconds_count[$__rate_interval]))`,
        },
      },
    ],
  },
};

function quantiles(buckets: string): Record<string, string> {
  const quantile = (rank: number) =>
    `histogram_quantile(${String(rank)}, sum by (le) (rate(${buckets}[$__rate_interval])))`;
  return { p50: quantile(0.5), p99: quantile(0.99) };
}
