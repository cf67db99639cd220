/** Preloaded into every process of a platform whose machines do not agree on the time: CLOCK_SKEWS says by how much. */
const skews = JSON.parse(process.env.CLOCK_SKEWS ?? '{}') as Record<string, number>;
const service = /services\/(\w+)\//.exec(process.argv[1] ?? '')?.[1] ?? '';
const skewMs = skews[service] ?? 0;

const Machine = Date;
const now = () => Machine.now() + skewMs;

globalThis.Date = new Proxy(Machine, {
  construct: (target, args: [], asked) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, asked) as Date,
  get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
});
