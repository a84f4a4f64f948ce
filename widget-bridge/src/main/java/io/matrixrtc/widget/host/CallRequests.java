package io.matrixrtc.widget.host;

/** What a call widget tells of its call. Each is acknowledged and passed on to the app. */
final class CallRequests {
  private final HostSession session;

  CallRequests(HostSession session) {
    this.session = session;
  }

  void joined(Exchange exchange, RequestFields data) {
    tell(exchange, new HostEvent.CallJoined());
  }

  void hungUp(Exchange exchange, RequestFields data) {
    tell(exchange, new HostEvent.CallHungUp());
  }

  void closed(Exchange exchange, RequestFields data) {
    tell(exchange, new HostEvent.CallClosed());
  }

  void muted(Exchange exchange, RequestFields data) throws RequestRefusedException {
    tell(
        exchange,
        new HostEvent.DeviceMute(
            data.flag("audio_enabled", "missing audio_enabled"),
            data.flag("video_enabled", "missing video_enabled")));
  }

  private void tell(Exchange exchange, HostEvent event) {
    exchange.acknowledge();
    session.report(event);
  }
}
