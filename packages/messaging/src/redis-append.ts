/** What the Feed asks Redis to do in one step. */
import type { Script } from '@waymark/storage/redis-connection.ts';

/**
 * Appends an entry whose key the feed does not have, and says on the stream of changes which feed it was. Keys: the
 * feed, the set of its entries' keys, the changes. Arguments: key, value, length, milliseconds kept, name, changes.
 */
export const appendEntry: Script = {
  numberOfKeys: 3,
  lua: `
local feed, keys, changes = KEYS[1], KEYS[2], KEYS[3]
local key, value, length, kept_ms = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local over = redis.call('XLEN', feed) + 1 - length
-- A server that is short of memory may have taken the feed and left the set.
if over == 1 - length then redis.call('DEL', keys) end
if redis.call('SADD', keys, key) == 0 then return 0 end
if over > 0 then
  for _, oldest in ipairs(redis.call('XRANGE', feed, '-', '+', 'COUNT', over)) do
    redis.call('SREM', keys, oldest[2][2])
  end
end
redis.call('XADD', feed, 'MAXLEN', '=', length, '*', 'key', key, 'value', value)
redis.call('PEXPIRE', feed, kept_ms)
redis.call('PEXPIRE', keys, kept_ms)
redis.call('XADD', changes, 'MAXLEN', '~', ARGV[6], '*', 'feed', ARGV[5])
return 1`,
};
