package io.matrixrtc.benchmarks.olm;

import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.olm.GroupSession;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.MegolmMessage;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;

/** {@code io.matrixrtc.olm}. */
final class OwnMegolm implements GroupContender {
  private final GroupSession writing =
      GroupSession.generate(SessionConfig.V1, RandomSource.secure());
  private final InboundGroupSession reading;

  OwnMegolm() {
    try (SessionKey key = writing.sessionKey()) {
      reading = InboundGroupSession.fromSessionKey(key, SessionConfig.V1);
    }
  }

  @Override
  public String encrypt(byte[] plaintext) {
    return Base64Text.encode(writing.encrypt(plaintext).encode());
  }

  @Override
  public byte[] decrypt(String body) throws Exception {
    return reading.decrypt(MegolmMessage.decode(Base64Text.decode(body))).plaintext();
  }

  @Override
  public void close() {
    writing.close();
    reading.close();
  }
}
