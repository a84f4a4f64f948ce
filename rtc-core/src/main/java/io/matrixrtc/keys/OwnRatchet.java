package io.matrixrtc.keys;

import io.matrixrtc.media.KeyMaterial;
import io.matrixrtc.media.KeyRingSettings;
import io.matrixrtc.media.MediaKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How far the own key was advanced, and the step that is pending. */
final class OwnRatchet {
  /** By so many generations a key is advanced: material one step on opens what was sent before. */
  static final int STEPS = 2;

  private static final byte[] SALT =
      KeyRingSettings.LIVEKIT_SALT.getBytes(StandardCharsets.UTF_8);

  private final boolean mediaAdvances;
  private Set<DeviceAddress> walkers = Set.of();
  private boolean dataPackets;
  private @Nullable MediaKey pending;
  private @Nullable Instant advanceAt;
  private int advances;
  private @Nullable Instant firstAdvanceAt;
  private @Nullable Instant lastAdvanceAt;

  OwnRatchet(boolean mediaAdvances) {
    this.mediaAdvances = mediaAdvances;
  }

  /** The devices whose receivers are known to walk from the key that they were given. */
  void walkers(Set<DeviceAddress> devices) {
    walkers = Set.copyOf(devices);
  }

  void dataPackets(boolean used) {
    dataPackets = used;
  }

  /** Another key is in use, since now. */
  void fresh(Instant now) {
    cancel();
    advances = 0;
    firstAdvanceAt = null;
    lastAdvanceAt = now;
  }

  /** Derives the material two generations on; the same again while a step is pending. */
  MediaKey begin(MediaKey key, Instant at) {
    MediaKey begun = pending;
    if (begun == null) {
      begun = twoOn(key);
      pending = begun;
      advanceAt = at;
    }
    return begun;
  }

  /** The material that a pending step gives; null if none is pending. */
  @Nullable MediaKey pending() {
    return pending;
  }

  boolean isPending() {
    return pending != null;
  }

  boolean isDue(Instant now) {
    return advanceAt != null && !now.isBefore(advanceAt);
  }

  Optional<Instant> advanceAt() {
    return Optional.ofNullable(advanceAt);
  }

  /** The step is made: returns the material, which is the caller's from here on. */
  MediaKey advance(Instant now) {
    MediaKey made = pending;
    if (made == null) {
      throw new IllegalStateException("no step is pending");
    }
    pending = null;
    advanceAt = null;
    advances++;
    firstAdvanceAt = firstAdvanceAt == null ? now : firstAdvanceAt;
    lastAdvanceAt = now;
    return made;
  }

  /** The generation in use. */
  int generation() {
    return STEPS * advances;
  }

  /** Drops the pending step: nothing was encrypted with it. */
  void cancel() {
    if (pending != null) {
      pending.close();
    }
    pending = null;
    advanceAt = null;
  }

  RotationView.RatchetState state(@Nullable OwnKey newest, Set<CallMember> present) {
    if (!mediaAdvances || newest == null) {
      return RotationView.RatchetState.NONE;
    }
    boolean everyone =
        !newest.excluded().isEmpty() // else nobody asks
            && present.stream().allMatch(member -> walkers.contains(member.device()));
    return new RotationView.RatchetState(
        everyone,
        dataPackets,
        newest.isUnconfirmed(),
        isPending(),
        advances,
        Optional.ofNullable(firstAdvanceAt),
        Optional.ofNullable(lastAdvanceAt));
  }

  private static MediaKey twoOn(MediaKey key) {
    try (KeyMaterial first = KeyMaterial.of(key);
        KeyMaterial second = first.next(SALT);
        KeyMaterial third = second.next(SALT)) {
      byte[] bytes = third.copyBytes();
      try {
        return MediaKey.copyOf(bytes);
      } finally {
        Arrays.fill(bytes, (byte) 0);
      }
    }
  }
}
