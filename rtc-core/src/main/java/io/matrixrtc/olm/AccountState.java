package io.matrixrtc.olm;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stored form of an {@link Account}. */
final class AccountState {
  private AccountState() {}

  static byte[] write(Account account) {
    StateWriter out =
        new StateWriter()
            .secret(account.signingKey().copySeed())
            .secret(account.identityKey().copySecret())
            .number(account.nextKeyId())
            .count(account.oneTimeKeys().size());
    for (Map.Entry<Long, OneTimeKeys.Entry> entry : account.oneTimeKeys().all().entrySet()) {
      writeKey(out, entry.getKey(), entry.getValue().published(), entry.getValue().key());
    }
    writeFallback(out, account.fallbackKeys().current());
    writeFallback(out, account.fallbackKeys().previous());
    return out.finish();
  }

  private static void writeFallback(StateWriter out, FallbackKeys.@Nullable Entry entry) {
    out.flag(entry != null);
    if (entry != null) {
      writeKey(out, entry.id(), entry.published(), entry.key());
    }
  }

  private static void writeKey(
      StateWriter out, long id, boolean published, Curve25519SecretKey key) {
    out.number(id).flag(published).secret(key.copySecret());
  }

  static Account read(StateReader in, RandomSource random) throws SealedStateException {
    Ed25519KeyPair signingKey = in.keyPair();
    Curve25519SecretKey identityKey = in.secretKey();
    long nextKeyId = in.number();
    OneTimeKeys oneTimeKeys = new OneTimeKeys();
    int count = in.count(OneTimeKeys.MAX_STORED);
    long lastId = -1;
    for (int i = 0; i < count; i++) {
      long id = readId(in, nextKeyId);
      if (id <= lastId) {
        throw new SealedStateException.Malformed("key ids out of order");
      }
      lastId = id;
      boolean published = in.flag();
      oneTimeKeys.add(id, in.secretKey(), published);
    }
    FallbackKeys fallbackKeys =
        new FallbackKeys(readFallback(in, nextKeyId), readFallback(in, nextKeyId));
    return new Account(signingKey, identityKey, oneTimeKeys, fallbackKeys, nextKeyId, random);
  }

  private static FallbackKeys.@Nullable Entry readFallback(StateReader in, long nextKeyId)
      throws SealedStateException {
    if (!in.flag()) {
      return null;
    }
    long id = readId(in, nextKeyId);
    boolean published = in.flag();
    return new FallbackKeys.Entry(id, in.secretKey(), published);
  }

  /** An id that was given out before: the next one must never repeat it (ACC-KEY-ID). */
  private static long readId(StateReader in, long nextKeyId) throws SealedStateException {
    long id = in.number();
    if (id < 0 || id >= nextKeyId) {
      throw new SealedStateException.Malformed("key id was never given out");
    }
    return id;
  }
}
