package io.matrixrtc.homeserver.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The fault rules in force, asked in the order they were added. Safe for many threads. */
public final class FaultPlan {
  /** A rule in force. */
  public final class Active {
    private final FaultRule rule;
    private final Runnable usedUp;
    private int hits;
    private @Nullable Hold hold;

    private Active(FaultRule rule, Runnable usedUp) {
      this.rule = rule;
      this.usedUp = usedUp;
    }

    /** How many requests have met the fault; of reordered ones, how many have been overtaken. */
    public int hits() {
      synchronized (FaultPlan.this) {
        return hits;
      }
    }

    /** Takes the rule out of force; its hits can still be read. What it holds goes on at once. */
    public void remove() {
      Hold held;
      synchronized (FaultPlan.this) {
        active.remove(this);
        held = hold;
        hold = null;
      }
      if (held != null) {
        held.free.complete(null);
      }
    }

    /** Counts a hit; says whether it was the last. Under the lock. */
    private boolean hit() {
      hits++;
      return hits >= rule.times() && active.remove(this);
    }
  }

  /** A request that waits for others to go first. */
  private static final class Hold {
    private final Active of;
    private final CompletableFuture<Void> free = new CompletableFuture<>();
    private int others;

    private Hold(Active of, int others) {
      this.of = of;
      this.others = others;
    }
  }

  /** A request on its way past the faults, from {@link #meet} until it {@link #gone has gone}. */
  public final class Passage {
    private final Optional<Fault> fault;
    private final @Nullable Hold held;
    private final List<Hold> overtaken;

    private Passage(Optional<Fault> fault, @Nullable Hold held, List<Hold> overtaken) {
      this.fault = fault;
      this.held = held;
      this.overtaken = overtaken;
    }

    /** What it meets, if anything. */
    public Optional<Fault> fault() {
      return fault;
    }

    /** Done when nothing is to go before it any more; at once but for {@link Fault.Reorder}. */
    public CompletableFuture<Void> turn() {
      return held == null ? CompletableFuture.completedFuture(null) : held.free;
    }

    /** Has it go on, overtaken or not, since its time is up. Then it counts as no hit. */
    public void giveUp() {
      Hold given = held;
      if (given == null) {
        return;
      }
      synchronized (FaultPlan.this) {
        if (given.of.hold == given) {
          given.of.hold = null;
        }
      }
      given.free.complete(null);
    }

    /** It was processed, or never will be. To be said once. */
    public void gone() {
      for (Hold waiting : overtaken) {
        boolean last;
        synchronized (FaultPlan.this) {
          waiting.others--;
          if (waiting.others > 0 || waiting.of.hold != waiting) {
            continue;
          }
          waiting.of.hold = null;
          last = waiting.of.hit();
        }
        if (last) {
          waiting.of.usedUp.run(); // without the lock
        }
        waiting.free.complete(null);
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

  /** Takes all rules out of force, as {@link Active#remove} does. */
  public void clear() {
    List<Active> all;
    synchronized (this) {
      all = List.copyOf(active);
    }
    all.forEach(Active::remove);
  }

  /**
   * The way of a request past the faults; counts as a hit of the fault that it meets. The first
   * matching rule decides, but for one that holds a request already: there this one is another that
   * goes first, and the rules after it are asked.
   */
  public Passage meet(String method, String path, Optional<String> userId) {
    List<Hold> overtaken = new ArrayList<>();
    Active first = null;
    Hold held = null;
    boolean last = false;
    synchronized (this) {
      for (Active one : active) {
        if (one.rule.matches(method, path, userId)) {
          if (one.hold != null) {
            overtaken.add(one.hold);
          } else if (first == null) {
            first = one;
          }
        }
      }
      if (first != null && first.rule.fault() instanceof Fault.Reorder reorder) {
        held = new Hold(first, reorder.others());
        first.hold = held;
      } else if (first != null) {
        last = first.hit();
      }
    }
    if (first != null && last) {
      first.usedUp.run(); // without the lock
    }
    Optional<Fault> fault = Optional.ofNullable(first).map(met -> met.rule.fault());
    return new Passage(fault, held, overtaken);
  }
}
