/** The dashboards as files, by their names. */
import { toGrafana } from './form.ts';
import { messaging } from './messaging.ts';
import { platform } from './platform.ts';
import { runtime } from './runtime.ts';
import { service } from './service.ts';

export function dashboardFiles(): Map<string, string> {
  return new Map(
    Object.entries({ platform, service, messaging, runtime }).map(([name, dashboard]) => [
      `${name}.json`,
      `${JSON.stringify(toGrafana(dashboard), null, 2)}\n`,
    ]),
  );
}
