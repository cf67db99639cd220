/**
 * The way of a person through signing in and consent. oidc-provider sends the browser here with a cookie that
 * names what it waits for (an interaction), and takes it back with the result; each page is a GET that shows
 * and a POST that decides, so that nothing happens by following a link.
 */
import type { Act } from '@waymark/database/audit-trail.ts';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { Server } from '@waymark/http/server-type.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errors as oidcErrors, type InteractionResults, type Provider } from 'oidc-provider';
import { Type } from 'typebox';
import { allowing, grant, notFor, refusedScopes, scopesOf, type Interaction } from './consent.ts';
import { errors } from './errors.ts';
import { pageHeaders, render, type Page } from './layout.ts';
import { consentPage, errorPage, loginPage } from './pages.ts';
import type { Person } from './people.ts';
import type { SignIn } from './sign-in.ts';

export interface InteractionDeps {
  /** The one that answers now. */
  provider: () => Provider;
  audience: string;
  signIn: SignIn;
  findPerson: (username: string) => Promise<Person | undefined>;
  nameOf: (username: string) => Promise<string | undefined>;
  record: (act: Act) => Promise<void>;
}

const loginForm = Type.Object(
  {
    username: Type.String({ minLength: 1, maxLength: 100 }),
    password: Type.String({ minLength: 1, maxLength: 200 }),
  },
  { additionalProperties: false },
);

export function registerInteractions(server: Server, deps: InteractionDeps): void {
  const { origin, pathname: prefix } = new URL(deps.provider().issuer);
  void server.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, parsed) => {
        parsed(null, Object.fromEntries(new URLSearchParams(body.toString())));
      },
    );
    scope.setErrorHandler(showError);
    // The cookies are SameSite=Lax, which keeps other sites' forms out; not those of another port of this host,
    // and a browser tells where those come from.
    scope.addHook('onRequest', (request, _reply, checked) => {
      const ours = request.method !== 'POST' || request.headers.origin === origin;
      checked(ours ? undefined : new Problem(errors['form-from-elsewhere']));
    });
    registerPages(scope, `${prefix}/interaction/:uid`, deps);
    done();
  });
}

function registerPages(server: Server, address: string, deps: InteractionDeps): void {
  const { signIn } = deps;

  async function finish(request: FastifyRequest, reply: FastifyReply, result: InteractionResults) {
    const options = { mergeWithLastSubmission: 'consent' in result };
    return reply.redirect(
      await deps.provider().interactionResult(request.raw, reply.raw, result, options),
      303,
    );
  }

  server.get(address, async (request, reply) => {
    const interaction = await getInteraction(deps.provider(), { request, reply });
    const refused = await refusedScopes(interaction, deps.findPerson);
    if (refused.length > 0) return finish(request, reply, notFor(refused));
    return show(reply, await pageOf(interaction, deps), redirectUriOf(interaction));
  });

  server.post(`${address}/login`, { schema: { body: loginForm } }, async (request, reply) => {
    const interaction = await getInteraction(deps.provider(), { request, reply }, 'login');
    const { username, password } = request.body;
    const result = await signIn({ username, password, address: addressOf(request) });
    if (result.outcome === 'throttled') throw new Problem(errors['too-many-sign-ins']);
    if (result.outcome === 'signed-in')
      return finish(request, reply, { login: { accountId: result.subject, amr: ['pwd'] } });
    const clientName = await clientNameOf(interaction, deps.provider());
    const page = loginPage({
      action: addressOfPage(interaction, deps.provider()),
      clientName,
      username,
      failed: true,
    });
    return show(reply.code(422), page, redirectUriOf(interaction));
  });

  server.post(`${address}/consent`, async (request, reply) => {
    const interaction = await getInteraction(deps.provider(), { request, reply }, 'consent');
    const refused = await refusedScopes(interaction, deps.findPerson);
    if (refused.length > 0) return finish(request, reply, notFor(refused));
    const powers = scopesOf(interaction).filter((scope) => scope.startsWith('support:'));
    if (powers.length > 0) await deps.record(allowing(interaction, powers));
    const grantId = await grant(interaction, deps.provider(), deps.audience);
    return finish(request, reply, { consent: { grantId } });
  });

  server.post(`${address}/cancel`, async (request, reply) => {
    await getInteraction(deps.provider(), { request, reply });
    return finish(request, reply, {
      error: 'access_denied',
      error_description: 'the person said no',
    });
  });
}

async function getInteraction(
  provider: Provider,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  prompt?: 'login' | 'consent',
): Promise<Interaction> {
  const interaction = await provider.interactionDetails(request.raw, reply.raw);
  const { uid } = request.params as { uid: string };
  // A form that was left open from an earlier step, or from another sign-in.
  if (interaction.uid !== uid || (prompt ?? interaction.prompt.name) !== interaction.prompt.name)
    throw new Problem(errors['sign-in-expired']);
  return interaction;
}

async function pageOf(interaction: Interaction, deps: InteractionDeps): Promise<Page> {
  const provider = deps.provider();
  const action = addressOfPage(interaction, provider);
  const clientName = await clientNameOf(interaction, provider);
  if (interaction.prompt.name === 'login') {
    const hint = interaction.params.login_hint;
    return loginPage({
      action,
      clientName,
      username: typeof hint === 'string' ? hint : '',
      failed: false,
    });
  }
  const personName = await deps.nameOf(interaction.session?.accountId ?? '');
  if (personName === undefined) throw new Problem(errors['sign-in-expired']);
  return consentPage({
    action,
    clientName,
    personName,
    scopes: scopesOf(interaction),
    redirectUri: redirectUriOf(interaction),
  });
}

/** Undefined for a program that has no browser: its answer is not sent but fetched. */
function redirectUriOf({ params }: Interaction): string | undefined {
  return typeof params.redirect_uri === 'string' ? params.redirect_uri : undefined;
}

function addressOfPage({ uid }: Interaction, { issuer }: Provider): string {
  return `${new URL(issuer).pathname}/interaction/${uid}`;
}

async function clientNameOf({ params }: Interaction, provider: Provider): Promise<string> {
  const client = await provider.Client.find(String(params.client_id));
  return client?.clientName ?? String(params.client_id);
}

/** As the gateway saw it; nobody else reaches this port. */
function addressOf(request: FastifyRequest): string {
  return [request.headers['x-forwarded-for'] ?? request.ip].flat().join();
}

function show(reply: FastifyReply, page: Page, leadsTo?: string): FastifyReply {
  return reply.headers(pageHeaders(leadsTo)).send(render(page));
}

function showError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const kind = kindOf(error);
  if (kind.status >= 500) request.log.error({ err: error }, 'a page could not be shown');
  if (kind.retryAfterSeconds !== undefined)
    reply.header('retry-after', String(kind.retryAfterSeconds));
  const { status, title, code } = kind;
  const text = kind === httpErrors.unavailable ? 'Reload this page in a moment.' : kind.when;
  return show(reply.code(status), errorPage({ title, text, code }));
}

function kindOf(error: unknown) {
  if (error instanceof Problem) return error.kind;
  if (error instanceof oidcErrors.SessionNotFound) return errors['sign-in-expired'];
  if (error instanceof oidcErrors.TemporarilyUnavailable || isUnavailable(error))
    return httpErrors.unavailable;
  const { statusCode } = error as { statusCode?: number };
  if (statusCode !== undefined && statusCode < 500) return errors['form-incomplete'];
  return httpErrors['internal-error'];
}
