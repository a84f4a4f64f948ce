package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The keys of an identity belong together. */
class UserIdentityTest {
  private static final String ALICE = "@alice:a.example";

  private final MachineNetwork network = new MachineNetwork(9);
  private final TestIdentity alice = new TestIdentity(ALICE, network.random());

  private static CrossSigningKey key(TestIdentity of, Usage usage) throws Exception {
    return CrossSigningKey.parse(
        of.userId,
        usage,
        switch (usage) {
          case MASTER -> of.masterKey;
          case SELF_SIGNING -> of.selfSigningKey;
          case USER_SIGNING -> of.userSigningKey;
        });
  }

  private static UserIdentity of(
      CrossSigningKey master, CrossSigningKey selfSigning, CrossSigningKey userSigning) {
    return new UserIdentity(
        master, selfSigning, Optional.of(userSigning), master.key(), Optional.empty(), false);
  }

  @Test
  void xsUsageEachKeyOfAnIdentityHasItsOwnUse() throws Exception {
    CrossSigningKey master = key(alice, Usage.MASTER);
    CrossSigningKey selfSigning = key(alice, Usage.SELF_SIGNING);
    CrossSigningKey userSigning = key(alice, Usage.USER_SIGNING);
    assertThat(of(master, selfSigning, userSigning).selfSigning()).isEqualTo(selfSigning);
    assertThatThrownBy(() -> of(selfSigning, selfSigning, userSigning))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of(master, userSigning, userSigning))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of(master, selfSigning, selfSigning))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void xsFiledTheKeysOfAnIdentityAreOfOneUser() throws Exception {
    TestIdentity eve = new TestIdentity("@eve:a.example", network.random());
    CrossSigningKey master = key(alice, Usage.MASTER);
    CrossSigningKey selfSigning = key(alice, Usage.SELF_SIGNING);
    assertThatThrownBy(
            () -> of(master, key(eve, Usage.SELF_SIGNING), key(alice, Usage.USER_SIGNING)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of(master, selfSigning, key(eve, Usage.USER_SIGNING)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
