package io.matrixrtc.benchmarks.call;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands in for the SFU: hands each encrypted frame to all who listen, at once and on the caller's
 * thread. Media cost nothing here, so that what is measured is keys.
 */
final class FrameBus {
  /** Takes frames of others. */
  @FunctionalInterface
  interface Ear {
    void onFrame(String sender, byte[] frame);
  }

  private final Map<String, Ear> ears = new ConcurrentHashMap<>();

  void listen(String identity, Ear ear) {
    ears.put(identity, ear);
  }

  void leave(String identity) {
    ears.remove(identity);
  }

  void publish(String sender, byte[] frame) {
    ears.forEach(
        (identity, ear) -> {
          if (!identity.equals(sender)) {
            ear.onFrame(sender, frame);
          }
        });
  }
}
