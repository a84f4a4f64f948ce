package io.matrixrtc.widget.host;

/** Carries out the requests of one action. Each is answered once, now or later. */
@FunctionalInterface
interface ActionHandler {
  void handle(Exchange exchange, RequestFields data) throws RequestRefusedException;
}
