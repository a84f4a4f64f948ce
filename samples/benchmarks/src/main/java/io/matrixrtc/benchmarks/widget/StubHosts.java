package io.matrixrtc.benchmarks.widget;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.widget.bridge.HostPage;
import io.matrixrtc.widget.bridge.WidgetSessions;
import io.matrixrtc.widget.host.CapabilityPolicy;
import io.matrixrtc.widget.host.DelayedEventDriver;
import io.matrixrtc.widget.host.DirectoryDriver;
import io.matrixrtc.widget.host.DriverCall.Ack;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.EventDriver;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.matrixrtc.widget.host.MediaDriver;
import io.matrixrtc.widget.host.OpenIdDriver;
import io.matrixrtc.widget.host.RoomView;
import io.matrixrtc.widget.host.RtcDriver;
import io.matrixrtc.widget.host.ToDeviceDriver;
import io.matrixrtc.widget.host.TurnDriver;
import io.matrixrtc.widget.host.UiDriver;
import io.matrixrtc.widget.host.WidgetDriver;
import io.matrixrtc.widget.host.WidgetHost;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Hosts without an account: capabilities and transports are answered at once, nothing else is. */
final class StubHosts implements WidgetSessions, WidgetDriver, RtcDriver, RoomView {
  private static final String ROOM = "!bench:bench.example";

  private final SecureRandom random = new SecureRandom();
  private final ObjectNode transport =
      Json.newObject()
          .put("type", "livekit")
          .put("livekit_service_url", "https://jwt.bench.example");

  @Override
  public CompletionStage<Optional<Opened>> open(String ticket, HostPage page) {
    WidgetHost host =
        new WidgetHost(
            HostedWidget.call(
                BenchPage.WIDGET_ID,
                BenchServer.WIDGET,
                new DeviceAddress("@alice:bench.example", "BENCH"),
                ROOM),
            HostLimits.DEFAULT,
            this,
            this,
            page.frame(),
            page.listener(),
            page.scheduler(),
            random);
    return done(Optional.of(new Opened(host, URI.create(BenchServer.WIDGET + "/"))));
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }

  @Override
  public CapabilityPolicy policy() {
    return request -> done(DriverResult.done(Set.copyOf(request.asked())));
  }

  @Override
  public RtcDriver rtc() {
    return this;
  }

  @Override
  public CompletionStage<DriverResult<List<ObjectNode>>> transports(GetTransports query) {
    return done(DriverResult.done(List.of(transport)));
  }

  @Override
  public CompletionStage<DriverResult<String>> livekitToken(GetLivekitToken query) {
    throw notAsked();
  }

  @Override
  public CompletionStage<DriverResult<Ack>> delegateLeave(DelegateLeave delegation) {
    throw notAsked();
  }

  @Override
  public Encryption encryption(String roomId) {
    return Encryption.ENCRYPTED;
  }

  @Override
  public boolean isJoined(String roomId, String userId) {
    return true;
  }

  @Override
  public Set<String> joinedRooms() {
    return Set.of(ROOM);
  }

  /** The load stays within the above; a benchmark that did not would measure something else. */
  private static AssertionError notAsked() {
    return new AssertionError("the benchmark's widgets ask for capabilities and transports only");
  }

  @Override
  public EventDriver events() {
    throw notAsked();
  }

  @Override
  public DelayedEventDriver delayedEvents() {
    throw notAsked();
  }

  @Override
  public ToDeviceDriver toDevice() {
    throw notAsked();
  }

  @Override
  public OpenIdDriver openId() {
    throw notAsked();
  }

  @Override
  public TurnDriver turn() {
    throw notAsked();
  }

  @Override
  public MediaDriver media() {
    throw notAsked();
  }

  @Override
  public DirectoryDriver directory() {
    throw notAsked();
  }

  @Override
  public UiDriver ui() {
    throw notAsked();
  }
}
