package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Keys that an account makes, reports and gives up, and sessions that it takes or refuses. */
class AccountTest {
  private final Account alice = Account.generate(ScriptedRandom.seeded(1));
  private final Account bob = Account.generate(ScriptedRandom.seeded(2));

  @Test
  void reportsOneTimeKeysUntilTheyArePublished_ACC_PUBLISH() {
    OneTimeKeyGeneration made = bob.generateOneTimeKeys(3);
    assertThat(made.removed()).isEmpty();
    assertThat(bob.unpublishedOneTimeKeys().values()).containsExactlyElementsOf(made.created());
    bob.markKeysAsPublished();
    assertThat(bob.unpublishedOneTimeKeys()).isEmpty();
    assertThat(bob.storedOneTimeKeyCount()).isEqualTo(3);
    Curve25519PublicKey next = Pair.newOneTimeKey(bob);
    assertThat(bob.unpublishedOneTimeKeys().values()).containsExactly(next);
  }

  @Test
  void keyIdsCountUpAndNeverRepeat_ACC_KEY_ID() throws Exception {
    bob.generateOneTimeKeys(2);
    assertThat(bob.unpublishedOneTimeKeys().keySet()).containsExactly("AAAAAAAAAAA", "AAAAAAAAAAE");
    Set<String> ids = new HashSet<>(bob.unpublishedOneTimeKeys().keySet());
    bob.generateFallbackKey();
    assertThat(ids.addAll(bob.unpublishedFallbackKey().keySet())).isTrue();
    bob.markKeysAsPublished();
    StateKey key = StateKey.generate(ScriptedRandom.seeded(3));
    Account reloaded = Account.unseal(key, bob.seal(key, ScriptedRandom.seeded(4)));
    reloaded.generateOneTimeKeys(1);
    assertThat(ids).doesNotContainAnyElementsOf(reloaded.unpublishedOneTimeKeys().keySet());
  }

  @Test
  void keepsAtMost5000OneTimeKeys_ACC_OTK_MAX() {
    OneTimeKeyGeneration full = bob.generateOneTimeKeys(Account.MAX_STORED_ONE_TIME_KEYS);
    assertThat(full.removed()).isEmpty();
    OneTimeKeyGeneration more = bob.generateOneTimeKeys(2);
    assertThat(more.removed()).containsExactlyElementsOf(full.created().subList(0, 2));
    assertThat(bob.storedOneTimeKeyCount()).isEqualTo(5000);
    assertThatIllegalArgumentException().isThrownBy(() -> bob.generateOneTimeKeys(5001));
    assertThatIllegalArgumentException().isThrownBy(() -> bob.generateOneTimeKeys(-1));
  }

  @Test
  void rotatesFallbackKeys_ACC_FB_ROTATE() throws Exception {
    assertThat(bob.unpublishedFallbackKey()).isEmpty();
    assertThat(bob.hasFallbackKey()).isFalse();
    assertThat(bob.generateFallbackKey()).isEmpty();
    assertThat(bob.hasFallbackKey()).isTrue();
    Curve25519PublicKey first = fallbackKey();
    assertThat(bob.generateFallbackKey()).isEmpty();
    Curve25519PublicKey second = fallbackKey();
    open(first);
    open(second);
    assertThat(bob.generateFallbackKey()).isEqualTo(Optional.of(first));
    assertUnknown(first);
    open(second);
    assertThat(bob.forgetFallbackKey()).isTrue();
    assertThat(bob.forgetFallbackKey()).isFalse();
    assertUnknown(second);
    open(fallbackKey());
  }

  @Test
  void reportsAFallbackKeyUntilItIsPublished_ACC_PUBLISH() {
    bob.generateFallbackKey();
    assertThat(bob.unpublishedFallbackKey()).hasSize(1);
    bob.markKeysAsPublished();
    assertThat(bob.unpublishedFallbackKey()).isEmpty();
    bob.generateFallbackKey();
    assertThat(bob.unpublishedFallbackKey()).hasSize(1);
  }

  @Test
  void aFallbackKeyOpensManySessionsAndAOneTimeKeyOne_OLM_OTK() throws Exception {
    bob.generateFallbackKey();
    open(fallbackKey());
    open(fallbackKey());
    Curve25519PublicKey oneTimeKey = Pair.newOneTimeKey(bob);
    open(oneTimeKey);
    assertUnknown(oneTimeKey);
    assertThat(bob.storedOneTimeKeyCount()).isZero();
  }

  @Test
  void anUnknownOneTimeKeyIsRefusedAndChangesNothing_B33() throws Exception {
    Curve25519PublicKey held = Pair.newOneTimeKey(bob);
    bob.generateFallbackKey();
    String before = States.of(bob);
    assertUnknown(Pair.newOneTimeKey(Account.generate(ScriptedRandom.seeded(3))));
    assertUnknown(Pair.identity(bob));
    assertThat(States.of(bob)).isEqualTo(before);
    open(held);
    open(fallbackKey());
  }

  @Test
  void aForgedMessageDoesNotBurnTheOneTimeKey_OLM_OTK_BURN() throws Exception {
    PreKeyMessage message = firstMessage(Pair.newOneTimeKey(bob));
    byte[] body = message.encode();
    body[body.length - 1] ^= 1;
    String before = States.of(bob);
    PreKeyMessage forged = PreKeyMessage.decode(body);
    OlmException.NotAuthentic error =
        catchThrowableOfType(
            OlmException.NotAuthentic.class,
            () -> bob.createInboundSession(Pair.identity(alice), forged));
    assertThat(error.check()).isEqualTo(AuthenticityCheck.MAC);
    assertThat(States.of(bob)).isEqualTo(before);
    InboundCreation created = bob.createInboundSession(Pair.identity(alice), message);
    assertThat(created.plaintext()).containsExactly(7);
    assertThat(created.session().sessionId()).isEqualTo(message.sessionId());
  }

  @Test
  void theSenderMustBeTheOneInTheMessage_OLM_IDK() throws Exception {
    PreKeyMessage message = firstMessage(Pair.newOneTimeKey(bob));
    OlmException.IdentityKeyMismatch error =
        catchThrowableOfType(
            OlmException.IdentityKeyMismatch.class,
            () -> bob.createInboundSession(Pair.identity(bob), message));
    assertThat(error.claimed()).isEqualTo(Pair.identity(bob));
    assertThat(error.inMessage()).isEqualTo(Pair.identity(alice));
    bob.createInboundSession(Pair.identity(alice), message);
  }

  @Test
  void theConfigurationMustBeTheExpectedOne_OLM_CONFIG() throws Exception {
    Session v2 =
        alice.createOutboundSession(SessionConfig.V2, Pair.identity(bob), Pair.newOneTimeKey(bob));
    PreKeyMessage message = (PreKeyMessage) v2.encrypt(new byte[] {7});
    String before = States.of(bob);
    assertThatExceptionOfType(OlmException.ConfigMismatch.class)
        .isThrownBy(() -> bob.createInboundSession(Pair.identity(alice), message));
    assertThat(States.of(bob)).isEqualTo(before);
    bob.createInboundSession(SessionConfig.V2, Pair.identity(alice), message);
    PreKeyMessage older = firstMessage(Pair.newOneTimeKey(bob));
    assertThatExceptionOfType(OlmException.ConfigMismatch.class)
        .isThrownBy(() -> bob.createInboundSession(SessionConfig.V2, Pair.identity(alice), older));
  }

  @Test
  void signsWithItsIdentity() {
    Ed25519Signature signature = alice.sign(new byte[] {1, 2, 3});
    assertThat(alice.identityKeys().ed25519().verify(new byte[] {1, 2, 3}, signature)).isTrue();
    assertThat(alice.identityKeys().ed25519().verify(new byte[] {1, 2, 4}, signature)).isFalse();
    assertThat(bob.identityKeys().ed25519().verify(new byte[] {1, 2, 3}, signature)).isFalse();
  }

  private Curve25519PublicKey fallbackKey() {
    Map<String, Curve25519PublicKey> keys = bob.unpublishedFallbackKey();
    assertThat(keys).hasSize(1);
    return keys.values().iterator().next();
  }

  private PreKeyMessage firstMessage(Curve25519PublicKey oneTimeKey) throws OlmException {
    Session session = alice.createOutboundSession(SessionConfig.V1, Pair.identity(bob), oneTimeKey);
    return (PreKeyMessage) session.encrypt(new byte[] {7});
  }

  private void open(Curve25519PublicKey oneTimeKey) throws OlmException {
    PreKeyMessage message = firstMessage(oneTimeKey);
    assertThat(bob.createInboundSession(Pair.identity(alice), message).plaintext())
        .containsExactly(7);
  }

  private void assertUnknown(Curve25519PublicKey oneTimeKey) throws OlmException {
    PreKeyMessage message = firstMessage(oneTimeKey);
    OlmException.UnknownOneTimeKey error =
        catchThrowableOfType(
            OlmException.UnknownOneTimeKey.class,
            () -> bob.createInboundSession(Pair.identity(alice), message));
    assertThat(error.key()).isEqualTo(oneTimeKey);
  }
}
