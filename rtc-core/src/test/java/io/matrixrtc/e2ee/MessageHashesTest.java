package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.OlmMessage;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.Session;
import io.matrixrtc.olm.SessionConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** What a replay is known by. */
class MessageHashesTest {
  private final RandomSource random = new MachineNetwork(3).random();

  @Test
  void tdReplayTheHashIsOfTheSendersKeyTheTypeAndTheMessage() throws Exception {
    Curve25519PublicKey someone = Account.generate(random).identityKeys().curve25519();
    Curve25519PublicKey other = Account.generate(random).identityKeys().curve25519();
    Session session =
        Account.generate(random).createOutboundSession(SessionConfig.V1, someone, other);
    OlmMessage message = session.encrypt(new byte[] {1});
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update(someone.toBase64().getBytes(StandardCharsets.US_ASCII));
    sha256.update((byte) 0);
    sha256.update(message.encode());
    assertThat(MessageHashes.of(someone, message))
        .isEqualTo(Base64.getEncoder().withoutPadding().encodeToString(sha256.digest()));
    assertThat(MessageHashes.of(other, message)).isNotEqualTo(MessageHashes.of(someone, message));
    assertThat(MessageHashes.of(someone, session.encrypt(new byte[] {1})))
        .isNotEqualTo(MessageHashes.of(someone, message));
  }
}
