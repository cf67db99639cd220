/**
 * Who may do what in Redis: its ACL file. Each service has its own keys and the commands that its adapters send,
 * those in their scripts among them (docs/decisions/0009-redis-adapters.md); nobody can list keys, empty the
 * database or change the server. Who gives no password can ask whether the server is alive.
 */
import { createHash } from 'node:crypto';

const CONNECTION = '+client|setname +ping';
const KEY_VALUE = '+get +set +del +eval +evalsha +exists +time +hmget +hset +pexpire';
const FEED = '+eval +evalsha +xadd +xrange +xrevrange +xread +pexpire';

const users: Record<string, { keys: string; commands: string }> = {
  catalog: { keys: 'kv:catalog:*', commands: KEY_VALUE },
  gateway: { keys: 'kv:gateway:*', commands: KEY_VALUE },
  notifications: { keys: 'feed:notifications:*', commands: FEED },
};

export const redisUsers = Object.keys(users);

/** https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/ */
export function aclFile(passwords: Readonly<Record<string, string>>): string {
  const lines = Object.entries(users).map(([name, { keys, commands }]) => {
    const hash = createHash('sha256')
      .update(passwords[name] ?? '')
      .digest('hex');
    return `user ${name} on #${hash} resetchannels ~${keys} -@all ${CONNECTION} ${commands}`;
  });
  return ['user default on nopass resetkeys resetchannels -@all +ping', ...lines, ''].join('\n');
}
