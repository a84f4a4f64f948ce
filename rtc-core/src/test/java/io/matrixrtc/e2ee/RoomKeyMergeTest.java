package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.GroupSession;
import io.matrixrtc.olm.IdentityKeys;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is kept when a room key arrives that is held already. */
class RoomKeyMergeTest {
  private static final UserDevice ALICE = new UserDevice("@alice:example.org", "A");
  private final Random seeded = new Random(21);
  private final RandomSource random = seeded::nextBytes;
  private final IdentityKeys owner = Account.generate(random).identityKeys();
  private GroupSession session = GroupSession.generate(SessionConfig.V1, random);

  private static SenderData sender(VerificationState state) {
    return new SenderData(state, Optional.of(ALICE), Optional.empty());
  }

  /** A copy that reads from the session's index on. */
  private RoomKey copy(RoomKeySource source, SenderData sender, boolean shared) {
    return copy(source, sender, shared, owner.curve25519(), owner.ed25519());
  }

  private RoomKey copy(
      RoomKeySource source,
      SenderData sender,
      boolean shared,
      Curve25519PublicKey senderKey,
      Ed25519PublicKey claimed) {
    try (SessionKey key = session.sessionKey()) {
      InboundGroupSession inbound = InboundGroupSession.fromSessionKey(key, SessionConfig.V1);
      RoomKeyInfo info =
          new RoomKeyInfo(
              new RoomKeyId("!r:x", session.sessionId()),
              senderKey,
              Optional.of(claimed),
              source,
              sender,
              shared,
              inbound.firstKnownIndex());
      return new RoomKey(info, inbound);
    }
  }

  private RoomKey direct(VerificationState state) {
    return copy(RoomKeySource.DIRECT, sender(state), false);
  }

  private void advance() {
    session.encrypt(new byte[0]);
  }

  @Test
  void roomMergeKeepsTheBetterRatchetAndTheStrongerSenderEachByItself() {
    RoomKey early = direct(VerificationState.UNSIGNED_DEVICE);
    advance();
    RoomKey late = direct(VerificationState.UNVERIFIED_IDENTITY);
    for (RoomKey merged : new RoomKey[] {early.merge(late).get(), late.merge(early).get()}) {
      assertThat(merged.info().firstKnownIndex()).isZero();
      assertThat(merged.session().firstKnownIndex()).isZero();
      assertThat(merged.info().sender()).isEqualTo(sender(VerificationState.UNVERIFIED_IDENTITY));
    }
  }

  @Test
  void aCopyThatIsBetterInOneThingOnlyBringsThat() {
    RoomKey early = direct(VerificationState.UNVERIFIED_IDENTITY);
    advance();
    RoomKey late = direct(VerificationState.UNVERIFIED_IDENTITY);
    assertThat(late.merge(early).get().info().firstKnownIndex()).isZero();
    RoomKey trusted = direct(VerificationState.VERIFIED);
    assertThat(late.merge(trusted).get().info().sender().state())
        .isEqualTo(VerificationState.VERIFIED);
  }

  @Test
  void anEqualOrWorseCopyChangesNothing() {
    RoomKey early = direct(VerificationState.UNVERIFIED_IDENTITY);
    assertThat(early.merge(direct(VerificationState.UNVERIFIED_IDENTITY))).isEmpty();
    advance();
    assertThat(early.merge(direct(VerificationState.UNVERIFIED_IDENTITY))).isEmpty();
    assertThat(early.merge(direct(VerificationState.UNSIGNED_DEVICE))).isEmpty();
    assertThat(early.merge(direct(VerificationState.VERIFIED))).as("control").isPresent();
  }

  @Test
  void anUnconnectedCopyIsDropped() {
    RoomKey held = direct(VerificationState.UNSIGNED_DEVICE);
    session = GroupSession.generate(SessionConfig.V1, random);
    assertThat(held.merge(direct(VerificationState.VERIFIED))).isEmpty();
  }

  @Test
  void aCopyWithAnotherOwnerIsDropped() {
    IdentityKeys other = Account.generate(random).identityKeys();
    RoomKey held = direct(VerificationState.UNSIGNED_DEVICE);
    SenderData strong = sender(VerificationState.VERIFIED);
    assertThat(
            held.merge(
                copy(RoomKeySource.DIRECT, strong, false, other.curve25519(), owner.ed25519())))
        .isEmpty();
    assertThat(
            held.merge(
                copy(RoomKeySource.DIRECT, strong, false, owner.curve25519(), other.ed25519())))
        .isEmpty();
    assertThat(held.merge(direct(VerificationState.VERIFIED))).as("control").isPresent();
  }

  @Test
  void aProvenOwnerReplacesHearsayAndIsNotReplacedByIt_ours() {
    IdentityKeys hearsay = Account.generate(random).identityKeys();
    RoomKey imported =
        copy(
            RoomKeySource.IMPORTED,
            SenderData.unknown(),
            false,
            hearsay.curve25519(),
            hearsay.ed25519());
    advance();
    RoomKey proven = copy(RoomKeySource.DIRECT, SenderData.unknown(), false);
    RoomKeyInfo merged = imported.merge(proven).get().info();
    assertThat(merged.source()).isEqualTo(RoomKeySource.DIRECT);
    assertThat(merged.senderKey()).isEqualTo(owner.curve25519());
    assertThat(merged.firstKnownIndex()).isZero();
    assertThat(proven.merge(imported)).isEmpty();
    session = GroupSession.generate(SessionConfig.V1, random);
    assertThat(imported.merge(copy(RoomKeySource.DIRECT, SenderData.unknown(), false))).isEmpty();
  }

  @Test
  void anImportedCopyBringsEarlierMessagesButNoTrust() {
    RoomKey imported = copy(RoomKeySource.IMPORTED, sender(VerificationState.NO_DEVICE), false);
    advance();
    RoomKey held = direct(VerificationState.UNSIGNED_DEVICE);
    RoomKeyInfo merged = held.merge(imported).get().info();
    assertThat(merged.firstKnownIndex()).isZero();
    assertThat(merged.source()).isEqualTo(RoomKeySource.DIRECT);
    assertThat(merged.sender()).isEqualTo(held.info().sender());
  }

  @Test
  void historyIsSharedIfAnyCopySaysSo() {
    RoomKey held = direct(VerificationState.UNSIGNED_DEVICE);
    RoomKey shared = copy(RoomKeySource.DIRECT, sender(VerificationState.UNSIGNED_DEVICE), true);
    assertThat(held.merge(shared).get().info().sharedHistory()).isTrue();
    assertThat(shared.merge(held)).isEmpty();
  }

  @Test
  void aCrossSignedOwnerIsNotReplacedByAnotherDeviceHoweverTrusted() {
    SenderData verified = sender(VerificationState.VERIFIED);
    SenderData other =
        new SenderData(
            VerificationState.VERIFIED,
            Optional.of(new UserDevice("@other:x", "A")),
            Optional.empty());
    assertThat(sender(VerificationState.UNVERIFIED_IDENTITY).isImprovedBy(other)).isFalse();
    assertThat(sender(VerificationState.UNVERIFIED_IDENTITY).isImprovedBy(verified)).isTrue();
    assertThat(sender(VerificationState.UNSIGNED_DEVICE).isImprovedBy(other)).isTrue();
    assertThat(verified.isImprovedBy(other)).isFalse();
  }

  @Test
  void senderDataFromWeakestToStrongest() {
    VerificationState[] weakestFirst = {
      VerificationState.NO_DEVICE,
      VerificationState.UNSIGNED_DEVICE,
      VerificationState.VERIFICATION_VIOLATION,
      VerificationState.UNVERIFIED_IDENTITY,
      VerificationState.VERIFIED
    };
    for (int i = 0; i < weakestFirst.length; i++) {
      for (int j = 0; j < weakestFirst.length; j++) {
        assertThat(sender(weakestFirst[i]).isStrongerThan(sender(weakestFirst[j])))
            .isEqualTo(i > j);
      }
      assertThat(sender(weakestFirst[i]).mayImprove()).isEqualTo(i < 4);
    }
  }
}
