package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Told of every event that a machine encrypts, for a device or a room: what was meant, and what
 * stands for it. For tests and diagnosis only, as what is meant holds keys: who keeps it keeps
 * secrets. Called by the machine's thread while it works; must neither throw, nor block, nor use
 * the machine.
 */
@FunctionalInterface
public interface SealedEventListener {
  /** Hears nothing. */
  SealedEventListener NONE = (eventType, content, encrypted) -> {};

  /**
   * An event was encrypted; whether it leaves is not known yet.
   *
   * @param eventType the type inside
   * @param content the content inside; not to be changed
   * @param sealed the content of the {@code m.room.encrypted} event; not to be changed. Its {@code
   *     ciphertext} is no other event's
   */
  void onSealed(String eventType, ObjectNode content, ObjectNode sealed);
}
