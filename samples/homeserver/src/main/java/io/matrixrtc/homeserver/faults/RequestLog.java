package io.matrixrtc.homeserver.faults;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Tells listeners of every exchange, right before the answer goes out. Safe for many threads. */
public final class RequestLog {
  /** Called on a server thread: it must be quick and must not throw. */
  @FunctionalInterface
  public interface Listener {
    void onExchange(Exchange exchange);
  }

  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  /** Adds a listener; the result removes it. */
  public Runnable listen(Listener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  public boolean isListening() {
    return !listeners.isEmpty();
  }

  public void tell(Exchange exchange) {
    listeners.forEach(listener -> listener.onExchange(exchange));
  }
}
