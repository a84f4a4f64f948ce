package io.matrixrtc.backup;

import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Ed25519KeyPair;
import io.matrixrtc.olm.ExportedSessionKey;
import io.matrixrtc.olm.GroupSession;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.MegolmException;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Genuine room keys for tests, the same ones for the same seed. */
public final class TestKeys {
  private TestKeys() {}

  /** A key of session {@code seed} in {@code roomId}, readable from {@code index} on. */
  public static ExportedRoomKey roomKey(String roomId, long seed, long index, boolean shared) {
    try (InboundGroupSession session = session(seed)) {
      RandomSource random = TestRandom.of(seed + 1_000_000);
      byte[] sender = new byte[Curve25519PublicKey.BYTES];
      random.nextBytes(sender);
      try (Ed25519KeyPair claimed = Ed25519KeyPair.generate(random)) {
        ExportedSessionKey key = session.exportAt(index);
        return new ExportedRoomKey(
            new RoomKeyId(roomId, key.sessionId()),
            Curve25519PublicKey.of(sender),
            Optional.of(claimed.publicKey()),
            shared,
            key);
      }
    } catch (MegolmException | KeyFormatException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The session {@code seed}, from its first message on. */
  public static InboundGroupSession session(long seed) {
    try (GroupSession sender = GroupSession.generate(SessionConfig.V1, TestRandom.of(seed));
        SessionKey key = sender.sessionKey()) {
      return InboundGroupSession.fromSessionKey(key, SessionConfig.V1);
    }
  }

  /** The first message of session {@code seed}, as it is in an event. */
  public static String message(long seed) {
    try (GroupSession sender = GroupSession.generate(SessionConfig.V1, TestRandom.of(seed))) {
      return Base64Text.encode(sender.encrypt("{}".getBytes(StandardCharsets.UTF_8)).encode());
    }
  }
}
