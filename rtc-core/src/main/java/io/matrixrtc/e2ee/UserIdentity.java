package io.matrixrtc.e2ee;

import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import io.matrixrtc.e2ee.CrossSigningKeyException.Reason;
import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.Optional;

/**
 * A user's cross-signing identity as the last accepted {@code /keys/query} answer showed it, and
 * what was decided about it. {@link OlmMachine#identityState} says what follows. Immutable.
 *
 * @param master stands for the user
 * @param selfSigning signs the user's devices; signed by {@code master}
 * @param userSigning signs other users; signed by {@code master}; of our own user only
 * @param pinned the master key that was seen first, or that our user accepted since
 * @param compared the master key that our user compared with its owner's, if any
 * @param verifiedBefore whether the identity was verified at any time and this was not withdrawn
 */
public record UserIdentity(
    CrossSigningKey master,
    CrossSigningKey selfSigning,
    Optional<CrossSigningKey> userSigning,
    Ed25519PublicKey pinned,
    Optional<Ed25519PublicKey> compared,
    boolean verifiedBefore) {
  public UserIdentity {
    check(master, Usage.MASTER, master.userId());
    check(selfSigning, Usage.SELF_SIGNING, master.userId());
    userSigning.ifPresent(key -> check(key, Usage.USER_SIGNING, master.userId()));
  }

  private static void check(CrossSigningKey key, Usage usage, String userId) {
    if (key.usage() != usage || !key.userId().equals(userId)) {
      throw new IllegalArgumentException("identity: " + key + " is not the " + usage + " key");
    }
  }

  /**
   * Returns an identity that is seen for the first time: its master key is pinned (XS-PIN).
   *
   * @throws CrossSigningKeyException if {@code master} did not sign the others
   */
  static UserIdentity first(
      CrossSigningKey master, CrossSigningKey selfSigning, Optional<CrossSigningKey> userSigning)
      throws CrossSigningKeyException {
    UserIdentity identity =
        new UserIdentity(master, selfSigning, userSigning, master.key(), Optional.empty(), false);
    identity.checkSignatures();
    return identity;
  }

  /**
   * Returns this identity with newer keys and the same decisions.
   *
   * @throws CrossSigningKeyException if {@code newMaster} did not sign the others
   */
  UserIdentity with(
      CrossSigningKey newMaster,
      CrossSigningKey newSelfSigning,
      Optional<CrossSigningKey> newUserSigning)
      throws CrossSigningKeyException {
    UserIdentity identity =
        new UserIdentity(
            newMaster, newSelfSigning, newUserSigning, pinned, compared, verifiedBefore);
    if (hasSameKeysAs(identity)) {
      return this; // DEV-SAME
    }
    identity.checkSignatures();
    return identity;
  }

  private void checkSignatures() throws CrossSigningKeyException {
    if (!master.hasSigned(selfSigning)) {
      throw new CrossSigningKeyException(
          Reason.NOT_SIGNED_BY_MASTER, Usage.SELF_SIGNING); // XS-MASTER
    }
    if (userSigning.isPresent() && !master.hasSigned(userSigning.get())) {
      throw new CrossSigningKeyException(
          Reason.NOT_SIGNED_BY_MASTER, Usage.USER_SIGNING); // XS-MASTER
    }
  }

  /** The user. */
  public String userId() {
    return master.userId();
  }

  /** Whether our user compared the master key that the user has now (XS-COMPARED). */
  boolean isCompared() {
    return compared.filter(master.key()::equals).isPresent();
  }

  /** Whether the user has the master key that was seen first, or that our user accepted. */
  boolean isPinned() {
    return pinned.equals(master.key());
  }

  UserIdentity withCompared() {
    return new UserIdentity(
        master, selfSigning, userSigning, master.key(), Optional.of(master.key()), true);
  }

  UserIdentity withPinned() {
    return new UserIdentity(
        master, selfSigning, userSigning, master.key(), compared, verifiedBefore);
  }

  UserIdentity withVerifiedBefore() {
    return new UserIdentity(master, selfSigning, userSigning, pinned, compared, true);
  }

  /** Takes back every verification; the identity as it is now is accepted. */
  UserIdentity withdrawn() {
    return new UserIdentity(
        master, selfSigning, userSigning, master.key(), Optional.empty(), false);
  }

  /** Whether nothing differs, signatures and unknown members included. */
  boolean isSameAs(UserIdentity other) {
    return hasSameKeysAs(other)
        && pinned.equals(other.pinned)
        && compared.equals(other.compared)
        && verifiedBefore == other.verifiedBefore;
  }

  private boolean hasSameKeysAs(UserIdentity other) {
    boolean sameUserSigning =
        userSigning.isPresent() && other.userSigning.isPresent()
            ? userSigning.get().isSameAs(other.userSigning.get())
            : userSigning.isEmpty() && other.userSigning.isEmpty();
    return master.isSameAs(other.master)
        && selfSigning.isSameAs(other.selfSigning)
        && sameUserSigning;
  }

  @Override
  public String toString() {
    return "UserIdentity[" + ShownText.of(userId(), ShownText.MAX_ID_CHARS) + ", " + master + "]";
  }
}
