// Makes of what a frame has posted what JSON can hold. A structured clone may be cyclic, have parts that many others share,
// or be an array of four thousand million holes: it is walked no further than a message may be long.
const MAX_DEPTH = 64;

/** Why a message cannot be passed on. */
export class Unfit extends Error {}

/** A copy with files as base64 in place of Blobs and buffers; `max` is how many characters it may have. */
export async function plain(message, max) {
  const files = [];
  let left = max; // what JSON takes at least

  function spend(chars) {
    left -= chars;
    if (left < 0) throw new Unfit('Message too long');
  }

  function file(blob, more) {
    spend(blob.size);
    const made = { $base64: '', ...more };
    files.push(base64(blob).then((text) => { made.$base64 = text; }));
    return made;
  }

  function copy(value, depth) {
    spend(1);
    if (typeof value === 'string') spend(value.length);
    if (typeof value === 'bigint') throw new Unfit('Message is no JSON');
    if (!value || typeof value !== 'object') return value;
    if (depth > MAX_DEPTH) throw new Unfit('Message too deep');
    if (value instanceof Blob) return file(value, { type: value.type });
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return file(new Blob([value]));
    if (Array.isArray(value)) {
      spend(value.length);
      return Array.from(value, (item) => copy(item, depth + 1));
    }
    return Object.fromEntries(Object.entries(value).map(([name, item]) => {
      spend(name.length);
      return [name, copy(item, depth + 1)];
    }));
  }

  const copied = copy(message, 1);
  await Promise.all(files);
  return copied;
}

function base64(blob) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(blob.size ? reader.result.slice(reader.result.indexOf(',') + 1) : '');
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
}
