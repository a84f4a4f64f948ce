package io.matrixrtc.e2ee;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What one operation of the machine changed in the inbox. Immutable.
 *
 * @param received new events, with rising ids
 * @param acknowledged ids of events to forget
 */
public record InboxChanges(List<StoredInboxEvent> received, Set<Long> acknowledged) {
  public InboxChanges {
    received = List.copyOf(received);
    acknowledged = Collections.unmodifiableSet(new LinkedHashSet<>(acknowledged));
  }

  /** Collects changes. */
  static final class Builder {
    private final List<StoredInboxEvent> received = new ArrayList<>();
    private final Set<Long> acknowledged = new LinkedHashSet<>();

    void received(StoredInboxEvent event) {
      received.add(event);
    }

    void acknowledged(long id) {
      acknowledged.add(id);
    }

    InboxChanges build() {
      return new InboxChanges(received, acknowledged);
    }
  }
}
