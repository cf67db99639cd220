# One file for all services. They share every layer; only the name of the service, in the last lines, differs. Source
# is run as it is read, from the workspace's own layout: type stripping refuses what lies under node_modules.
#
# Only stages that run on the building machine run anything, and what they make is the same for every architecture, so
# an image for another one is copied together without emulating it.
FROM --platform=$BUILDPLATFORM node:24-trixie-slim AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name 'pnpm-*.yaml' ! -name '*.patch' -delete

# Installs again only when a manifest or the lock file has changed, and not with every line of source.
FROM --platform=$BUILDPLATFORM node:24-trixie-slim AS packages
# The jobs write to /secrets, a volume. It takes its owner from what lies there in the image.
RUN install -d -o 10001 -g 10001 -m 700 /volumes/secrets
WORKDIR /app
COPY --from=manifests /app .
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile --prod --ignore-scripts \
    --filter '!@waymark/testing' --filter '!@waymark/embedded-postgres' --filter '!@waymark/bundler'

FROM --platform=$BUILDPLATFORM node:24-trixie-slim AS bundler
WORKDIR /bundler
COPY --from=manifests /app .
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile --prod --ignore-scripts --filter @waymark/bundler
COPY packages/bundler/src packages/bundler/src

# A start then reads hundreds of files less (packages/bundler/src/bundle.ts).
FROM --platform=$BUILDPLATFORM packages AS bundled
COPY --from=bundler /bundler /bundler
RUN node /bundler/packages/bundler/src/bundle.ts /app

# What Node makes of source before it runs it. It is for one architecture and one user: an image for another starts
# without it, and slower.
FROM --platform=$BUILDPLATFORM bundled AS compiled
COPY . .
USER 10001
RUN NODE_COMPILE_CACHE=/tmp/compiled node infra/docker/compile.ts && chmod -R a=rX /tmp/compiled

FROM node:24-trixie-slim
# Readable by the user that runs it, writable by nobody.
WORKDIR /app
COPY --from=bundled /volumes /
COPY --from=bundled /app .
COPY . .
COPY --from=compiled /tmp/compiled .compiled
# Above 10000, so that it is nobody on the machine beneath.
USER 10001:10001
# Of the memory that the C library keeps for threads, two regions are enough for Node: 7 MB less in each process.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 OPERATIONS_PORT=9464 MALLOC_ARENA_MAX=2 \
  NODE_COMPILE_CACHE=/app/.compiled
EXPOSE 8080 9464
# Often while it starts, since others wait for it, and then for whoever looks.
HEALTHCHECK --interval=60s --timeout=3s --start-period=60s --start-interval=2s --retries=3 \
  CMD ["node", "infra/docker/health.mjs"]
# In a container this small V8 leaves 1 MB to young objects; with 4, a tenth more orders get through.
CMD ["node", "--max-old-space-size=96", "--max-semi-space-size=4", "infra/docker/start.ts"]

ARG SERVICE
ENV SERVICE=$SERVICE
# Whose source of when this is; empty where nobody says.
ARG REVISION CREATED SOURCE
LABEL org.opencontainers.image.title="waymark-$SERVICE" \
  org.opencontainers.image.description="The $SERVICE of Waymark, an outdoor-gear shop of small services" \
  org.opencontainers.image.revision="$REVISION" \
  org.opencontainers.image.created="$CREATED" \
  org.opencontainers.image.source="$SOURCE" \
  org.opencontainers.image.licenses="MIT"
