package io.matrixrtc.olm;

import java.util.Arrays;

/**
 * Something that vodozemac saved, for import. The caller must know what it is; the wrong thing is
 * refused as malformed. Not thread-safe. Wipes its content when closed.
 *
 * <p>After an import the pickle must not be used again anywhere: two holders of one session send
 * under the same keys.
 *
 * <p>Source: what vodozemac 0.1 to 0.11 writes; members that later versions add are ignored.
 */
public final class VodozemacPickle implements AutoCloseable {
  /** Length of a pickle key in bytes. */
  public static final int KEY_BYTES = 32;

  private final PickleObject content;
  private boolean closed;

  private VodozemacPickle(PickleObject content) {
    this.content = content;
  }

  /**
   * Decrypts a pickle.
   *
   * @param pickle base64, at most 8 Mi characters
   * @param key the pickle key, of {@value #KEY_BYTES} bytes; still the caller's, who should zero it
   * @throws PickleException.NotAuthentic if the key is another or the pickle was altered
   * @throws IllegalArgumentException if the key has another length
   */
  public static VodozemacPickle open(String pickle, byte[] key) throws PickleException {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("pickle key: want 32 bytes, got " + key.length);
    }
    byte[] json = PickleEnvelope.open(pickle, key);
    try {
      return ofJson(json);
    } finally {
      Arrays.fill(json, (byte) 0);
    }
  }

  /**
   * Reads a pickle that was saved without encryption, as some bindings of vodozemac do.
   *
   * @param json the content; still the caller's, who should zero it
   */
  public static VodozemacPickle ofJson(byte[] json) throws PickleException.Malformed {
    if (json.length > PickleEnvelope.MAX_CHARACTERS) {
      throw new PickleException.Malformed("over " + PickleEnvelope.MAX_CHARACTERS + " bytes");
    }
    return new VodozemacPickle(PickleJson.read(json));
  }

  /**
   * Returns the account.
   *
   * @param random what the account will make keys from
   * @throws PickleException.SigningSeedMissing if vodozemac itself had the account from libolm
   */
  public Account toAccount(RandomSource random) throws PickleException {
    return VodozemacState.account(content(), null, random);
  }

  /**
   * Returns the account, with the seed that vodozemac does not have if it had the account from
   * libolm.
   *
   * @param seed of 32 bytes, of which the Ed25519 key was made; copied
   * @throws PickleException.WrongSigningSeed if the seed is not that of the account
   */
  public Account toAccount(byte[] seed, RandomSource random) throws PickleException {
    return VodozemacState.account(content(), seed, random);
  }

  /**
   * Returns the session.
   *
   * @param random what the session will make keys from
   */
  public Session toSession(RandomSource random) throws PickleException {
    return VodozemacState.session(content(), random);
  }

  /** Returns the outbound group session. */
  public GroupSession toGroupSession() throws PickleException {
    return VodozemacState.groupSession(content());
  }

  /** Returns the inbound group session; whether it counts as verified is taken over. */
  public InboundGroupSession toInboundGroupSession() throws PickleException {
    return VodozemacState.inboundGroupSession(content());
  }

  private PickleObject content() {
    if (closed) {
      throw new IllegalStateException("pickle is closed");
    }
    return content;
  }

  /** Wipes the content. */
  @Override
  public void close() {
    closed = true;
    content.wipe();
  }

  @Override
  public String toString() {
    return "VodozemacPickle[" + content + "]";
  }
}
