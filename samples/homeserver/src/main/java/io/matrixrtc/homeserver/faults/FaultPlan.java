package io.matrixrtc.homeserver.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The fault rules in force, asked in the order they were added. Safe for many threads. */
public final class FaultPlan {
  /** A rule in force. */
  public final class Active {
    private final FaultRule rule;
    private int hits;

    private Active(FaultRule rule) {
      this.rule = rule;
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

  public synchronized Active add(FaultRule rule) {
    Active added = new Active(rule);
    active.add(added);
    return added;
  }

  public synchronized void clear() {
    active.clear();
  }

  /** The fault that this request meets; counts as a hit. The first matching rule decides. */
  public synchronized Optional<Fault> next(String method, String path, Optional<String> userId) {
    Optional<Active> first =
        active.stream().filter(a -> a.rule.matches(method, path, userId)).findFirst();
    first.ifPresent(
        met -> {
          met.hits++;
          if (met.hits >= met.rule.times()) {
            active.remove(met);
          }
        });
    return first.map(met -> met.rule.fault());
  }
}
