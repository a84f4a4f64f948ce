package io.matrixrtc.testkit.agent;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.testkit.trace.KeyFingerprint;
import io.matrixrtc.testkit.trace.KeyRef;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every media key that a participant ever used or was given. A real client keeps no such log: it
 * makes the participant the attacker who never forgets. Thread-safe.
 */
final class KeyLog {
  private final List<ParticipantAnswer.HeldKey> held = new ArrayList<>();
  private final Map<String, KeyRef> newest = new HashMap<>();
  private byte @Nullable [] made;

  /** A new own key; its index follows with {@link #ownKeyIs}. */
  synchronized MediaKey made(MediaKey key) {
    made = key.copyMaterial();
    return key;
  }

  /** Names the index of the own key that was made last. */
  synchronized KeyRef ownKeyIs(String self, KeyIndex index) {
    byte[] material = made;
    if (material == null) {
      throw new IllegalStateException("an index without a key");
    }
    made = null;
    return put(self, index, material);
  }

  /** A key that arrived, whether or not it was there before. */
  synchronized KeyRef received(String sender, KeyIndex index, MediaKey key) {
    return put(sender, index, key.copyMaterial());
  }

  private KeyRef put(String sender, KeyIndex index, byte[] material) {
    KeyRef ref = new KeyRef(sender, index.value(), 0, KeyFingerprint.of(material));
    if (!ref.equals(newest.put(slot(sender, index.value()), ref))) {
      String text = Base64.getEncoder().encodeToString(material);
      held.add(new ParticipantAnswer.HeldKey(sender, index.value(), text));
    }
    return ref;
  }

  /** The newest key of a sender at an index, if there was one. */
  synchronized @Nullable KeyRef find(String sender, int index) {
    return newest.get(slot(sender, index));
  }

  synchronized List<ParticipantAnswer.HeldKey> all() {
    return List.copyOf(held);
  }

  private static String slot(String sender, int index) {
    return index + " " + sender;
  }
}
