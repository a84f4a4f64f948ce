package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import io.matrixrtc.e2ee.CrossSigningKeyException.Reason;
import io.matrixrtc.olm.RandomSource;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Which cross-signing keys are keys at all, and which belong together. */
class CrossSigningKeyTest {
  private static final String ALICE = "@alice:example.org";
  private final Random seeded = new Random(3);
  private final RandomSource random = seeded::nextBytes;
  private final TestIdentity alice = new TestIdentity(ALICE, random);

  private static CrossSigningKey parse(Usage usage, ObjectNode object) throws Exception {
    return CrossSigningKey.parse(ALICE, usage, object);
  }

  /** The master key is taken as it is, and refused for {@code reason} after {@code change}. */
  private void assertRefused(Reason reason, Consumer<ObjectNode> change) throws Exception {
    assertThat(parse(Usage.MASTER, alice.masterKey).key()).isEqualTo(alice.key());
    ObjectNode changed = alice.masterKey.deepCopy();
    change.accept(changed);
    assertThatThrownBy(() -> parse(Usage.MASTER, changed))
        .asInstanceOf(InstanceOfAssertFactories.type(CrossSigningKeyException.class))
        .extracting(CrossSigningKeyException::reason)
        .isEqualTo(reason);
  }

  @Test
  void xsUsageExactlyTheOneRightUse_B77() throws Exception {
    assertRefused(Reason.WRONG_USAGE, key -> key.putArray("usage").add("self_signing"));
    assertRefused(
        Reason.WRONG_USAGE, key -> key.putArray("usage").add("master").add("self_signing"));
    assertRefused(Reason.WRONG_USAGE, key -> key.putArray("usage"));
    assertRefused(Reason.WRONG_USAGE, key -> key.putArray("usage").add(1));
    assertRefused(Reason.MALFORMED, key -> key.put("usage", "master"));
    for (Usage usage : Usage.values()) {
      for (Usage other : Usage.values()) {
        ObjectNode object = TestIdentity.object(ALICE, usage, alice.key());
        if (usage == other) {
          assertThat(parse(other, object).usage()).isEqualTo(usage);
        } else {
          assertThatThrownBy(() -> parse(other, object))
              .isInstanceOf(CrossSigningKeyException.class);
        }
      }
    }
  }

  @Test
  void xsFiledTheKeyIsItsUsers() throws Exception {
    assertRefused(Reason.OTHER_USER, key -> key.put("user_id", "@mallory:example.org"));
    assertRefused(Reason.MALFORMED, key -> key.remove("user_id"));
  }

  @Test
  void xsKeyIdIsTheKeyItself() throws Exception {
    String text = alice.key().toBase64();
    String other = alice.selfSigning.publicKey().toBase64();
    assertRefused(Reason.BAD_KEY, key -> key.putObject("keys").put("ed25519:" + other, text));
    assertRefused(Reason.BAD_KEY, key -> key.putObject("keys").put("ed25519:x", text));
    assertRefused(Reason.BAD_KEY, key -> key.putObject("keys").put("ed25519:" + text, "x"));
    assertRefused(Reason.BAD_KEY, key -> key.putObject("keys"));
    assertRefused(Reason.BAD_KEY, key -> key.remove("keys"));
    assertRefused(
        Reason.BAD_KEY, key -> key.withObjectProperty("keys").put("ed25519:" + other, other));
  }

  @Test
  void otherAlgorithmsAndUnknownMembersSurviveAndStillVerify_B76() throws Exception {
    ObjectNode object = TestIdentity.object(ALICE, Usage.SELF_SIGNING, alice.master.publicKey());
    object.withObjectProperty("keys").put("org.example.pq:1", "abc");
    object.putObject("org.example.unknown").put("a", 1);
    TestIdentity.sign(object, ALICE, alice.master);
    CrossSigningKey key = parse(Usage.SELF_SIGNING, object);
    CrossSigningKey master = parse(Usage.MASTER, alice.masterKey);
    assertThat(key.toJson()).isEqualTo(object);
    assertThat(master.hasSigned(key)).isTrue();
    object.putObject("org.example.unknown").put("a", 2);
    assertThat(master.hasSigned(parse(Usage.SELF_SIGNING, object))).isFalse();
  }

  @Test
  void xsMasterMustHaveSignedTheOtherKeys_B77() throws Exception {
    TestIdentity other = new TestIdentity(ALICE, random);
    CrossSigningKey master = parse(Usage.MASTER, alice.masterKey);
    CrossSigningKey selfSigning = parse(Usage.SELF_SIGNING, alice.selfSigningKey);
    CrossSigningKey userSigning = parse(Usage.USER_SIGNING, alice.userSigningKey);
    assertThat(UserIdentity.first(master, selfSigning, Optional.of(userSigning)).userId())
        .isEqualTo(ALICE);
    CrossSigningKey otherSelfSigning = parse(Usage.SELF_SIGNING, other.selfSigningKey);
    CrossSigningKey otherUserSigning = parse(Usage.USER_SIGNING, other.userSigningKey);
    assertThatThrownBy(() -> UserIdentity.first(master, otherSelfSigning, Optional.empty()))
        .asInstanceOf(InstanceOfAssertFactories.type(CrossSigningKeyException.class))
        .extracting(CrossSigningKeyException::reason)
        .isEqualTo(Reason.NOT_SIGNED_BY_MASTER);
    assertThatThrownBy(() -> UserIdentity.first(master, selfSigning, Optional.of(otherUserSigning)))
        .isInstanceOf(CrossSigningKeyException.class);
  }

  @Test
  void anIdentityHoldsKeysOfOneUserForTheirUse() throws Exception {
    UserIdentity identity = alice.toUserIdentity();
    assertThatThrownBy(
            () ->
                new UserIdentity(
                    identity.selfSigning(),
                    identity.master(),
                    Optional.empty(),
                    alice.key(),
                    Optional.empty(),
                    false))
        .isInstanceOf(IllegalArgumentException.class);
    UserIdentity bob = new TestIdentity("@bob:example.org", random).toUserIdentity();
    assertThatThrownBy(
            () ->
                new UserIdentity(
                    identity.master(),
                    bob.selfSigning(),
                    Optional.empty(),
                    alice.key(),
                    Optional.empty(),
                    false))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
