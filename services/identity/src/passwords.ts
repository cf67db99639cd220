/**
 * Passwords as they are kept: scrypt with a salt of its own for each, and its parameters beside it, so that a
 * later start can raise them while older hashes still verify.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

// #region slow-on-purpose
// A password that a person chose is found by trying, so each try must cost something. Of the settings that
// OWASP calls equal (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt)
// this one takes 16 MiB and five passes, where the first of its list takes 128 MiB in one. Node runs four
// at once, so a rush of sign-ins takes 64 MiB of this process and not half a gigabyte.
const COST = { log2Cost: 14, blockSize: 8, passes: 5 };
// #endregion
const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** A hash that no password has: who is unknown is checked against it, and so takes as long as who is known. */
export function newHashOfNothing(): string {
  return format(randomBytes(SALT_BYTES), randomBytes(KEY_BYTES));
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return format(salt, await derive(password, salt));
}

/** Throws where the stored text is none of ours. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const parts = STORED.exec(stored)?.groups;
  if (parts === undefined) throw new Error('a stored password hash cannot be read');
  const { cost, block, passes, salt = '', key = '' } = parts;
  const derived = await derive(password, Buffer.from(salt, 'base64url'), {
    log2Cost: Number(cost),
    blockSize: Number(block),
    passes: Number(passes),
  });
  return timingSafeEqual(derived, Buffer.from(key, 'base64url'));
}

/** In the manner of https://github.com/P-H-C/phc-string-format */
const STORED =
  /^\$scrypt\$ln=(?<cost>\d+),r=(?<block>\d+),p=(?<passes>\d+)\$(?<salt>[\w-]+)\$(?<key>[\w-]{43})$/;

function format(salt: Buffer, key: Buffer): string {
  const { log2Cost, blockSize, passes } = COST;
  const parameters = `ln=${String(log2Cost)},r=${String(blockSize)},p=${String(passes)}`;
  return ['', 'scrypt', parameters, salt.toString('base64url'), key.toString('base64url')].join(
    '$',
  );
}

function derive(password: string, salt: Buffer, cost = COST): Promise<Buffer> {
  const options = { N: 2 ** cost.log2Cost, r: cost.blockSize, p: cost.passes };
  // One person's keyboard may send an accented letter as one code point, another's as two.
  const text = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
