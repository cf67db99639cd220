/** Preloaded into every process of a platform whose machines do not agree on the time: CLOCK_SKEWS says by how much. */
import type { ServiceName } from '../../infra/embedded/names.ts';

const { CLOCK_SKEWS = '{}' } = process.env;
const skews = JSON.parse(CLOCK_SKEWS) as Partial<Record<ServiceName, number>>;
const [, service = ''] = /services\/(\w+)\//.exec(process.argv[1] ?? '') ?? [];
const skewMs = skews[service as ServiceName] ?? 0;

const Machine = Date;
const now = () => Machine.now() + skewMs;

globalThis.Date = new Proxy(Machine, {
  construct: (target, args: unknown[], asked) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, asked) as Date,
  get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
});
