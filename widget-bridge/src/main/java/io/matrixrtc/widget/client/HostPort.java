package io.matrixrtc.widget.client;

/** The way to the host. */
@FunctionalInterface
public interface HostPort {
  /** Posts a message as JSON text. In order; must not block. */
  void post(String text);
}
