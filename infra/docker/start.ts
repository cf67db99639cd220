/**
 * What the image runs: the service that it was built for, as it is. OpenTelemetry's SDK comes first where there is
 * somewhere to send spans to, because it instruments libraries as they are loaded; that is why nothing is
 * imported here before.
 */
const { SERVICE = '', OTEL_EXPORTER_OTLP_ENDPOINT = '' } = process.env;

process.env.OTEL_SERVICE_NAME ??= SERVICE;
if (OTEL_EXPORTER_OTLP_ENDPOINT !== '') {
  await import('../../packages/telemetry/src/register.ts');
}
await import(new URL(`../../services/${SERVICE}/src/main.ts`, import.meta.url).href);
