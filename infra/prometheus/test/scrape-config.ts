/** The scrape as prometheus.yml has it, of services elsewhere and every second, so that tests need not wait. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';

interface Config {
  global: object;
  scrape_configs: { dns_sd_configs: { names: string[] }[] }[];
}

function readConfig(): Config {
  return parse(readFileSync(path.join(import.meta.dirname, '../prometheus.yml'), 'utf8')) as Config;
}

const servicesOf = ({ dns_sd_configs }: Config['scrape_configs'][number]) =>
  dns_sd_configs.flatMap(({ names }) => names);

export function scrapedServices(): string[] {
  return readConfig().scrape_configs.flatMap(servicesOf);
}

/** `targets` by service, in place of their names in a network of containers. */
export function scrapeConfig(targets: Map<string, string>): string {
  const config = readConfig();
  return stringify({
    ...config,
    global: { ...config.global, scrape_interval: '1s', evaluation_interval: '1s' },
    scrape_configs: config.scrape_configs.map((job) => ({
      ...job,
      dns_sd_configs: [],
      relabel_configs: [],
      static_configs: servicesOf(job).map((service) => ({
        targets: [targets.get(service)],
        labels: { service },
      })),
    })),
  });
}
