package io.matrixrtc.olm;

import org.jspecify.annotations.Nullable;

/** The current fallback key of an account and the one before; a third is never kept. */
final class FallbackKeys {
  /** A key, its id, and whether the server has it. */
  record Entry(long id, Curve25519SecretKey key, boolean published) {}

  private @Nullable Entry current;
  private @Nullable Entry previous;

  FallbackKeys(@Nullable Entry current, @Nullable Entry previous) {
    this.current = current;
    this.previous = previous;
  }

  /** Makes {@code key} the current one and returns the key that was dropped (ACC-FB-ROTATE). */
  @Nullable Curve25519PublicKey rotate(long id, Curve25519SecretKey key) {
    Entry dropped = previous;
    previous = current;
    current = new Entry(id, key, false);
    if (dropped == null) {
      return null;
    }
    dropped.key().close();
    return dropped.key().publicKey();
  }

  boolean forgetPrevious() {
    Entry dropped = previous;
    previous = null;
    if (dropped == null) {
      return false;
    }
    dropped.key().close();
    return true;
  }

  @Nullable Curve25519SecretKey find(Curve25519PublicKey key) {
    if (current != null && current.key().publicKey().equals(key)) {
      return current.key();
    }
    return previous != null && previous.key().publicKey().equals(key) ? previous.key() : null;
  }

  void markAsPublished() {
    Entry now = current;
    if (now != null) {
      current = new Entry(now.id(), now.key(), true);
    }
  }

  @Nullable Entry current() {
    return current;
  }

  @Nullable Entry previous() {
    return previous;
  }

  void wipe() {
    forgetPrevious();
    if (current != null) {
      current.key().close();
    }
    current = null;
  }
}
