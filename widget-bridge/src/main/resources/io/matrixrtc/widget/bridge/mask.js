// What is shown or copied holds no media key, token, password or file. `k` is the key of an encrypted file.
const SECRETS = new Set(['access_token', 'jwt', 'media_key', 'password', 'file', 'session_key', 'delay_id', 'k']);
const MASK = '•••';

export function masked(value, name = '', inKeys = false) {
  if (value === null || value === undefined) return value;
  if (SECRETS.has(name)) return MASK;
  const keys = inKeys || name === 'keys';
  if (typeof value === 'string') return keys ? MASK : value;
  if (Array.isArray(value)) return value.map((item) => masked(item, '', keys));
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, key, keys)]));
  }
  return value;
}
