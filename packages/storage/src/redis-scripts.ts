/**
 * What KeyValue asks Redis to do in one step. A script runs alone, so what it has looked at stays true until it
 * ends. Its time is the server's. It touches only keys that it is given, by which a user's rights are checked.
 */
import type { Script } from './redis-connection.ts';

/** Where the first key holds `expected`, the second, which may be the same, gets the value; 1 where it did. */
const setIf: Script = {
  numberOfKeys: 2,
  lua: `
local expected, value, ttl_ms = ARGV[1], ARGV[2], ARGV[3]
if redis.call('GET', KEYS[1]) ~= expected then return 0 end
if ttl_ms == '' then redis.call('SET', KEYS[2], value)
else redis.call('SET', KEYS[2], value, 'PX', ttl_ms) end
return 1`,
};

const deleteIf: Script = {
  numberOfKeys: 1,
  lua: `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`,
};

// #region token-from-the-clock
// A counter would begin at 1 again in a Redis that has lost its data, and the token of a holder from before would
// win against all later ones. The server's clock in microseconds goes on without any data. Where two locks fall
// into one microsecond, or the clock is set back, the last token that is remembered carries on: only a Redis that
// loses its data and its time at once repeats itself.
const takeLock: Script = {
  numberOfKeys: 2,
  lua: `
if redis.call('EXISTS', KEYS[1]) == 1 then return false end
local time = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[2]) or 0)
local token = string.format('%.0f', math.max(time[1] * 1000000 + time[2], last + 1))
redis.call('SET', KEYS[2], token)
redis.call('SET', KEYS[1], token, 'PX', ARGV[1])
return token`,
};
// #endregion

/** Returns whether they were taken, the whole tokens left, and the seconds until full and until enough. */
const takeTokens: Script = {
  numberOfKeys: 1,
  lua: `
local capacity, per_second, tokens = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local level = capacity
local bucket = redis.call('HMGET', KEYS[1], 'level', 'at')
if bucket[1] then
  local passed = math.max(0, now - tonumber(bucket[2])) / 1000000
  level = math.min(capacity, tonumber(bucket[1]) + passed * per_second)
end
local allowed = level >= tokens
local retry_after = math.max(0, tokens - level) / per_second
if allowed then level = level - tokens end
local reset = (capacity - level) / per_second
redis.call('HSET', KEYS[1], 'level', string.format('%.17g', level), 'at', string.format('%.0f', now))
-- A bucket that is full says no more than one that is not there.
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.min(math.ceil(reset * 1000) + 1, 1e15)))
return { allowed and 1 or 0, math.floor(level), math.ceil(reset), math.ceil(retry_after) }`,
};

export const scripts = { setIf, deleteIf, takeLock, takeTokens };
