package io.matrixrtc.olm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What one receiver of an honest sender must be able to read, by the limits on paper. */
final class DialogueModel {
  private static final int CHAINS = 5;
  private static final int SKIPPED = 40;
  private static final int GAP = 2000;

  private static final class Chain {
    final Curve25519PublicKey key;
    final Deque<Long> skipped = new ArrayDeque<>();
    long next;

    Chain(Curve25519PublicKey key) {
      this.key = key;
    }
  }

  /** The newest last. */
  private final List<Chain> chains = new ArrayList<>();

  private final Set<Curve25519PublicKey> seen = new HashSet<>();

  /** Whether the message can be read now; then it counts as read. */
  boolean receives(NormalMessage message) {
    Chain chain = find(message.ratchetKey());
    boolean fresh = chain == null;
    if (fresh && seen.contains(message.ratchetKey())) {
      return false; // of a chain that had to go
    }
    Chain on = chain == null ? new Chain(message.ratchetKey()) : chain;
    long index = message.chainIndex();
    if (index < on.next) {
      return on.skipped.remove(index);
    }
    if (index - on.next > GAP) {
      return false;
    }
    for (long passed = on.next; passed < index; passed++) {
      on.skipped.add(passed);
      if (on.skipped.size() > SKIPPED) {
        on.skipped.remove();
      }
    }
    on.next = index + 1;
    if (fresh) {
      seen.add(on.key);
      chains.add(on);
      if (chains.size() > CHAINS) {
        chains.remove(0);
      }
    }
    return true;
  }

  private @org.jspecify.annotations.Nullable Chain find(Curve25519PublicKey key) {
    for (Chain chain : chains) {
      if (chain.key.equals(key)) {
        return chain;
      }
    }
    return null;
  }
}
