package io.matrixrtc.olm;

import java.util.List;

/**
 * What making one-time keys did.
 *
 * @param created the new keys, in the order of their ids
 * @param removed old keys that had to make room, in the order of their ids; messages that use them
 *     can no longer be read
 */
public record OneTimeKeyGeneration(
    List<Curve25519PublicKey> created, List<Curve25519PublicKey> removed) {
  /** Copies both lists. */
  public OneTimeKeyGeneration {
    created = List.copyOf(created);
    removed = List.copyOf(removed);
  }
}
