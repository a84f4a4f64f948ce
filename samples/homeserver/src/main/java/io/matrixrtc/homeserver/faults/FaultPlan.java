package io.matrixrtc.homeserver.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The fault rules in force, asked in the order they were added. Safe for many threads. */
public final class FaultPlan {
  /** A rule in force. */
  public final class Active {
    private final FaultRule rule;
    private final Runnable usedUp;
    private int hits;

    private Active(FaultRule rule, Runnable usedUp) {
      this.rule = rule;
      this.usedUp = usedUp;
    }

    /** How many requests have met the fault. */
    public int hits() {
      synchronized (FaultPlan.this) {
        return hits;
      }
    }

    /** Takes the rule out of force; its hits can still be read. */
    public void remove() {
      synchronized (FaultPlan.this) {
        active.remove(this);
      }
    }
  }

  private final List<Active> active = new ArrayList<>();

  public Active add(FaultRule rule) {
    return add(rule, () -> {});
  }

  /**
   * Adds a rule.
   *
   * @param usedUp run once, when the last request that the rule is for has met it; on the server's
   *     thread, so it must be quick and must not throw
   */
  public synchronized Active add(FaultRule rule, Runnable usedUp) {
    Active added = new Active(rule, usedUp);
    active.add(added);
    return added;
  }

  public synchronized void clear() {
    active.clear();
  }

  /** The fault that this request meets; counts as a hit. The first matching rule decides. */
  public Optional<Fault> next(String method, String path, Optional<String> userId) {
    Optional<Active> first;
    synchronized (this) {
      first = active.stream().filter(a -> a.rule.matches(method, path, userId)).findFirst();
      first.ifPresent(met -> met.hits++);
      if (first.isEmpty() || first.get().hits < first.get().rule.times()) {
        return first.map(met -> met.rule.fault());
      }
      active.remove(first.get());
    }
    first.get().usedUp.run(); // without the lock
    return first.map(met -> met.rule.fault());
  }
}
