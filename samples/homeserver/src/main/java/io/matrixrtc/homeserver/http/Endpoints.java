package io.matrixrtc.homeserver.http;

/** A group of endpoints that enters itself into the route table. */
@FunctionalInterface
public interface Endpoints {
  void addTo(Routes routes);
}
