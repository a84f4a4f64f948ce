package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.Capability;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A list of what goes without saying; the user decides the rest. */
record AllowElseAsk(Set<Capability> list, CapabilityPolicy user) implements CapabilityPolicy {

  @Override
  public CompletionStage<DriverResult<Set<Capability>>> decide(Decide request) {
    Set<Capability> allowed = new HashSet<>(request.asked());
    allowed.retainAll(list);
    List<Capability> rest =
        request.asked().stream().filter(capability -> !allowed.contains(capability)).toList();
    if (rest.isEmpty()) {
      return CompletableFuture.completedFuture(DriverResult.done(allowed));
    }
    return user.decide(new Decide(request.widgetId(), rest, request.granted().with(allowed)))
        .thenApply(
            result -> {
              if (result instanceof DriverResult.Done<Set<Capability>> done) {
                allowed.addAll(done.answer());
              }
              return DriverResult.done(allowed);
            });
  }
}
