package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The own key in use, and those made after it, in the order in which they will be. */
final class KeyLine {
  private final Deque<OwnKey> next = new ArrayDeque<>();
  private @Nullable OwnKey used;

  @Nullable OwnKey used() {
    return used;
  }

  @Nullable OwnKey newest() {
    return next.isEmpty() ? used : next.getLast();
  }

  /** The last of those that wait. */
  @Nullable OwnKey lastWaiting() {
    return next.peekLast();
  }

  /** Those that are made and not in use yet. */
  Collection<OwnKey> waiting() {
    return next;
  }

  Set<KeyIndex> indexes() {
    Set<KeyIndex> indexes = new HashSet<>();
    all().forEach(key -> indexes.add(key.index));
    return indexes;
  }

  boolean isWaiting(OwnKey key) {
    return next.contains(key);
  }

  List<OwnKey> all() {
    List<OwnKey> keys = new ArrayList<>(next);
    if (used != null) {
      keys.add(used);
    }
    return keys;
  }

  void members(Collection<CallMember> joined, Collection<CallMember> left, Instant now) {
    for (OwnKey key : all()) {
      left.forEach(member -> key.left(member, now));
      joined.forEach(member -> key.joined(member, now));
    }
  }

  void add(OwnKey made) {
    next.addLast(made);
  }

  /** The newest key whose time has come. */
  @Nullable OwnKey due(Instant now) {
    OwnKey due = null;
    for (OwnKey key : next) {
      if (key.useAt().filter(at -> !now.isBefore(at)).isPresent()) {
        due = key;
      }
    }
    return due;
  }

  /** Puts a waiting key to use; those made before it will not be used. */
  void use(OwnKey key, Collection<KeyEffect> out) {
    if (used != null) {
      retire(used, out);
    }
    while (next.getFirst() != key) {
      retire(next.removeFirst(), out);
    }
    next.removeFirst();
    used = key;
  }

  void dropWaiting(Collection<KeyEffect> out) {
    next.forEach(key -> retire(key, out));
    next.clear();
  }

  private static void retire(OwnKey key, Collection<KeyEffect> out) {
    out.add(new KeyEffect.Wipe(key.key()));
    out.add(new KeyEffect.Retired(key.index));
  }

  void wipe() {
    all().forEach(key -> key.key().close());
    used = null;
    next.clear();
  }
}
