/**
 * What RabbitMQ knows from its start: a virtual host, the one service that works on it, and a person who may look.
 * With definitions there is no user `guest`. They are read again at each start, new passwords with them.
 */
import { createHash, randomBytes } from 'node:crypto';

/** Also the name of its virtual host. */
const SERVICE = 'notifications';
/** For the management page: sees everything, changes nothing. */
export const VIEWER = 'viewer';

export const rabbitUsers = [SERVICE, VIEWER];

/** https://www.rabbitmq.com/docs/definitions */
export function definitions(passwords: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    vhosts: [{ name: SERVICE }],
    users: [user(SERVICE, passwords[SERVICE], []), user(VIEWER, passwords[VIEWER], ['monitoring'])],
    permissions: [
      // The virtual host is the boundary: the service makes queues in it as it needs them.
      permission(SERVICE, '.*'),
      permission(VIEWER, '^$'),
    ],
  });
}

function user(name: string, password: string | undefined, tags: string[]) {
  const salt = randomBytes(4);
  const digest = createHash('sha256')
    .update(salt)
    .update(password ?? '')
    .digest();
  const password_hash = Buffer.concat([salt, digest]).toString('base64');
  return { name, password_hash, hashing_algorithm: 'rabbit_password_hashing_sha256', tags };
}

function permission(name: string, names: string) {
  return { user: name, vhost: SERVICE, configure: names, write: names, read: names };
}
