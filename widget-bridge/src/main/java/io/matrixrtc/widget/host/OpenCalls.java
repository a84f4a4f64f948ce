package io.matrixrtc.widget.host;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Calls to ports that have not answered. Those of a document that is gone answer to nobody. */
final class OpenCalls {
  private final HostSession session;
  private final Map<Long, Open<?>> open = new HashMap<>();
  private long lastId;
  private long document;

  private record Open<A>(
      long document, Consumer<DriverResult<A>> then, Consumer<DriverResult<A>> afterwards) {

    @SuppressWarnings("unchecked") // the shell hands back what the call of this id answered
    void accept(DriverResult<?> result, long current) {
      (document == current ? then : afterwards).accept((DriverResult<A>) result);
    }
  }

  OpenCalls(HostSession session) {
    this.session = session;
  }

  /** Calls; the result goes to {@code afterwards} if the document has changed in between. */
  <A> void start(
      DriverCall<A> call, Consumer<DriverResult<A>> then, Consumer<DriverResult<A>> afterwards) {
    long id = ++lastId;
    open.put(id, new Open<>(document, then, afterwards));
    session.perform(new HostEffect.Call(id, call));
  }

  void onResult(long id, DriverResult<?> result) {
    Open<?> call = open.remove(id);
    if (call != null) {
      call.accept(result, document);
    }
  }

  void reset() {
    document++;
  }

  int size() {
    return open.size();
  }
}
