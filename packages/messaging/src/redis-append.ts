/** What the Feed asks Redis to do in one step. */
import type { Script } from '@waymark/storage/redis-connection.ts';

/**
 * Appends an entry whose key the feed does not have, and says on the stream of changes which feed it was. Keys: the
 * feed, the changes. Arguments: key, value, length, milliseconds kept, name, changes. A feed is short enough to be read:
 * a set of its keys would take as much memory again.
 */
export const appendEntry: Script = {
  numberOfKeys: 2,
  lua: `
local feed, changes = KEYS[1], KEYS[2]
local key, value, length, kept_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
for _, entry in ipairs(redis.call('XRANGE', feed, '-', '+')) do
  if entry[2][2] == key then return 0 end
end
redis.call('XADD', feed, 'MAXLEN', '=', length, '*', 'key', key, 'value', value)
redis.call('PEXPIRE', feed, kept_ms)
redis.call('XADD', changes, 'MAXLEN', '~', ARGV[6], '*', 'feed', ARGV[5])
return 1`,
};
