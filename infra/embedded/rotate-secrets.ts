/** Changes the key rings of a platform's directory: a new first key, or no more than that. */
import { withNewKeys, withoutOldKeys } from './key-rings.ts';
import { readSecrets, saveSecrets } from './secrets.ts';

/** Returns the id of the keys that wrap. */
export async function rotateSecrets(directory: string, step: 'begin' | 'end'): Promise<string> {
  const secrets = await readSecrets(directory);
  const change = step === 'begin' ? withNewKeys : withoutOldKeys;
  const keyRings = change(secrets.keyRings);
  await saveSecrets(directory, { ...secrets, keyRings });
  return keyRings.orders[0]?.id ?? '';
}
