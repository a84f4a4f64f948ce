package io.matrixrtc.testkit.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All that was recorded of a call, in order of time. Immutable. */
public record Trace(List<TraceEntry> entries) {
  public Trace {
    List<TraceEntry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparing(TraceEntry::at)); // stable: equal times stay in order
    entries = List.copyOf(sorted);
  }

  /** The events of one kind, in order. */
  public <E extends TraceEvent> List<E> events(Class<E> kind) {
    return entries.stream()
        .map(TraceEntry::event)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /** This trace and others of the same call, for example of other processes, in one. */
  public Trace mergedWith(Trace other) {
    List<TraceEntry> all = new ArrayList<>(entries);
    all.addAll(other.entries);
    return new Trace(all);
  }

  /** Milliseconds from the call's start to the last event. */
  public long lengthMs() {
    return entries.isEmpty() ? 0 : Math.max(0, entries.get(entries.size() - 1).ms());
  }
}
