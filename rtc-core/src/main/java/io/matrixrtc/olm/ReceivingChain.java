package io.matrixrtc.olm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import javax.crypto.BadPaddingException;

/**
 * What arrives under one ratchet key of the other side: a chain, and the keys of messages that were
 * skipped on the way to later ones. A message that does not decrypt leaves it as it was.
 */
final class ReceivingChain {
  /** How far ahead of the chain a message may be. */
  static final int MAX_GAP = 2000;

  /** How many keys of skipped messages are kept; the oldest go first. */
  static final int MAX_SKIPPED = 40;

  private final Curve25519PublicKey ratchetKey;
  private final Deque<MessageKey> skipped;
  private ChainKey chain;

  ReceivingChain(Curve25519PublicKey ratchetKey, ChainKey chain) {
    this(ratchetKey, chain, List.of());
  }

  /** Restores a chain; {@code skipped} has the oldest first. */
  ReceivingChain(Curve25519PublicKey ratchetKey, ChainKey chain, Collection<MessageKey> skipped) {
    this.ratchetKey = ratchetKey;
    this.chain = chain;
    this.skipped = new ArrayDeque<>(skipped);
  }

  Curve25519PublicKey ratchetKey() {
    return ratchetKey;
  }

  ChainKey chain() {
    return chain;
  }

  /** Kept keys, oldest first. */
  Collection<MessageKey> skipped() {
    return skipped;
  }

  /** Refuses a message that is more than {@link #MAX_GAP} ahead of {@code next} (OLM-GAP). */
  static void checkGap(long next, long index) throws OlmException.GapTooBig {
    if (Long.compareUnsigned(index, next) > 0 && Long.compareUnsigned(index - next, MAX_GAP) > 0) {
      throw new OlmException.GapTooBig(index - next);
    }
  }

  /** Decrypts a message of this chain's ratchet key. */
  byte[] decrypt(NormalMessage message) throws OlmException {
    return Long.compareUnsigned(message.chainIndex(), chain.index()) < 0
        ? decryptSkipped(message)
        : decryptAhead(message);
  }

  private byte[] decryptSkipped(NormalMessage message) throws OlmException {
    for (MessageKey key : skipped) {
      if (key.index() == message.chainIndex()) {
        byte[] plaintext = open(message, key);
        skipped.remove(key); // OLM-ONCE
        key.wipe();
        return plaintext;
      }
    }
    throw new OlmException.MissingMessageKey(message.chainIndex());
  }

  private byte[] decryptAhead(NormalMessage message) throws OlmException {
    checkGap(chain.index(), message.chainIndex());
    List<MessageKey> passed = new ArrayList<>();
    ChainKey at = chain;
    while (at.index() != message.chainIndex()) {
      if (message.chainIndex() - at.index() <= MAX_SKIPPED) {
        passed.add(at.messageKey()); // OLM-SKIP: older ones would be dropped at once
      }
      at = step(at);
    }
    MessageKey key = at.messageKey();
    try {
      byte[] plaintext = open(message, key);
      keep(passed);
      passed = List.of();
      ChainKey next = at.next();
      chain.wipe();
      chain = next;
      return plaintext;
    } finally {
      passed.forEach(MessageKey::wipe);
      key.wipe();
      if (at != chain) {
        at.wipe();
      }
    }
  }

  /** The next key; wipes the one before, unless it is still this chain's own. */
  private ChainKey step(ChainKey at) {
    ChainKey next = at.next();
    if (at != chain) {
      at.wipe();
    }
    return next;
  }

  private void keep(List<MessageKey> passed) {
    skipped.addAll(passed);
    while (skipped.size() > MAX_SKIPPED) {
      skipped.removeFirst().wipe(); // OLM-SKIP
    }
  }

  private static byte[] open(NormalMessage message, MessageKey key)
      throws OlmException.NotAuthentic {
    try (MessageCipher cipher = key.cipher()) {
      if (!cipher.macMatches(message.authenticated(), message.mac())) {
        throw new OlmException.NotAuthentic(AuthenticityCheck.MAC); // OLM-MAC
      }
      return cipher.decrypt(message.ciphertext());
    } catch (BadPaddingException e) {
      throw new OlmException.NotAuthentic(AuthenticityCheck.PADDING); // OLM-PAD
    }
  }

  void wipe() {
    chain.wipe();
    skipped.forEach(MessageKey::wipe);
    skipped.clear();
  }
}
