/**
 * Who may do what in Kafka. A service writes to the topics of the events that it sends, and reads those of the events
 * that it receives, in the group of its own name; all else is refused. It follows from the table of flows, so that
 * a service that begins to receive an event gets the right with it.
 */
import { flows } from '@waymark/contracts/flows.ts';
import type { Right } from '@waymark/messaging/kafka-rights.ts';

/** Looks at lags and nothing else: what commands of people run as. */
export const TOOLS = 'tools';

/** Everyone who may log in. */
export const principals: readonly string[] = [...flows.map(({ service }) => service), TOOLS];

export const rights: readonly Right[] = [
  ...flows.flatMap(({ service, sends, receives }) => [
    ...topicsOf(sends).map((topic) => right(service, 'write', 'topic', topic)),
    ...topicsOf(receives).map((topic) => right(service, 'read', 'topic', topic)),
    ...(receives.length === 0 ? [] : [right(service, 'read', 'group', service)]),
  ]),
  right(TOOLS, 'describe', 'topic', '*'),
  right(TOOLS, 'describe', 'group', '*'),
];

function topicsOf(events: (typeof flows)[number]['sends']): string[] {
  return [...new Set(events.map(({ topic }) => topic))];
}

function right(
  principal: string,
  operation: Right['operation'],
  ...[resource, name]: [Right['resource'], string]
): Right {
  return { principal, operation, resource, name };
}
