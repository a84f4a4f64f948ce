package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.CapabilitySet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Consent: decides what a widget is granted. The host has already left out what no widget may have,
 * and grants nothing that was not asked for, whatever a policy says.
 */
@FunctionalInterface
public interface CapabilityPolicy {
  /** Answers with those of {@link Decide#asked} that are granted. May take as long as a user. */
  CompletionStage<DriverResult<Set<Capability>>> decide(Decide request);

  /**
   * What is to be decided.
   *
   * @param widgetId who asks
   * @param asked what is asked for and not granted yet
   * @param granted what was granted before in this session
   */
  record Decide(String widgetId, List<Capability> asked, CapabilitySet granted)
      implements DriverCall<Set<Capability>> {
    public Decide {
      asked = List.copyOf(asked);
    }

    @Override
    public CompletionStage<DriverResult<Set<Capability>>> on(WidgetDriver driver) {
      return driver.policy().decide(this);
    }
  }

  /** Grants nothing. */
  static CapabilityPolicy deny() {
    return request -> CompletableFuture.completedFuture(DriverResult.done(Set.of()));
  }

  /** Grants what is on the list. */
  static CapabilityPolicy allow(Set<Capability> list) {
    Set<Capability> allowed = Set.copyOf(list);
    return request ->
        CompletableFuture.completedFuture(
            DriverResult.done(
                Set.copyOf(request.asked().stream().filter(allowed::contains).toList())));
  }

  /** Grants what is on the list and asks {@code user} about the rest, if there is any. */
  static CapabilityPolicy allowElseAsk(Set<Capability> list, CapabilityPolicy user) {
    return new AllowElseAsk(Set.copyOf(list), user);
  }
}
