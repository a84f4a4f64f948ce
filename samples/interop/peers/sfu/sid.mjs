// Identifiers as a LiveKit server makes them: a prefix that tells the kind, then random text.
import { randomBytes } from "node:crypto";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** `length` random characters of the letters and digits; the slight bias does no harm here. */
export const randomText = (length) => Array.from(randomBytes(length), (byte) => LETTERS[byte % LETTERS.length]).join("");

export const newSid = (prefix) => prefix + randomText(12);
