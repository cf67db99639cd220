/** `npm run dashboards` writes the files that Grafana loads; a test holds them to their source. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { dashboardFiles } from './source/files.ts';

for (const [name, text] of dashboardFiles())
  writeFileSync(path.join(import.meta.dirname, 'dashboards', name), text);
