package io.matrixrtc.olm;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The newest receiving chains of a session, by ratchet key. */
final class ReceivingChains {
  /** How many chains are kept; the oldest goes first. */
  static final int MAX_CHAINS = 5;

  private final Deque<ReceivingChain> chains = new ArrayDeque<>();

  boolean isEmpty() {
    return chains.isEmpty();
  }

  @Nullable ReceivingChain find(Curve25519PublicKey ratchetKey) {
    for (ReceivingChain chain : chains) {
      if (chain.ratchetKey().equals(ratchetKey)) {
        return chain;
      }
    }
    return null;
  }

  void add(ReceivingChain chain) {
    chains.addLast(chain);
    while (chains.size() > MAX_CHAINS) {
      chains.removeFirst().wipe(); // OLM-CHAINS
    }
  }

  /** The chain of the other side's latest ratchet key. */
  ReceivingChain newest() {
    return chains.getLast();
  }

  /** All, oldest first. */
  Collection<ReceivingChain> all() {
    return chains;
  }

  void wipe() {
    chains.forEach(ReceivingChain::wipe);
  }
}
