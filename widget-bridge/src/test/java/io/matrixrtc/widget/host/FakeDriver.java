package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.OpenIdToken;
import io.matrixrtc.widget.host.OpenIdDriver.Standing;
import io.matrixrtc.widget.host.TurnDriver.TurnServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An account that does what it is told and remembers it. Fields are set by the tests. */
final class FakeDriver
    implements WidgetDriver,
        EventDriver,
        DelayedEventDriver,
        ToDeviceDriver,
        OpenIdDriver,
        TurnDriver,
        RtcDriver,
        MediaDriver,
        DirectoryDriver,
        UiDriver {
  /** What is granted; no value: all that is asked. */
  Optional<Set<Capability>> granted = Optional.empty();

  /** By class of call: what it answers instead of success. */
  final Map<Class<?>, DriverResult<?>> failures = new HashMap<>();

  final List<DriverCall<?>> calls = new ArrayList<>();
  final List<ObjectNode> timeline = new ArrayList<>();
  final List<ObjectNode> state = new ArrayList<>();
  final List<ObjectNode> stickyEvents = new ArrayList<>();
  final Map<String, Set<String>> devices = new HashMap<>();
  final Map<DeviceAddress, Outcome> outcomes = new HashMap<>();
  final Map<String, ObjectNode> accountData = new HashMap<>();
  Optional<RelationsPage> page = Optional.empty();
  Standing standing = Standing.ALLOWED;
  boolean userAllows = true;
  byte[] file = {1, 2, (byte) 0xFF};
  int ids;

  @SuppressWarnings("unchecked")
  private <A> CompletionStage<DriverResult<A>> done(DriverCall<A> call, A answer) {
    calls.add(call);
    DriverResult<?> failure = failures.get(call.getClass());
    return CompletableFuture.completedFuture(
        failure == null ? DriverResult.done(answer) : (DriverResult<A>) failure);
  }

  <C> List<C> callsOf(Class<C> kind) {
    return calls.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  @Override
  public CapabilityPolicy policy() {
    return request -> {
      Set<Capability> all = new HashSet<>(request.asked());
      return done(request, granted.orElse(all));
    };
  }

  @Override
  public EventDriver events() {
    return this;
  }

  @Override
  public DelayedEventDriver delayedEvents() {
    return this;
  }

  @Override
  public ToDeviceDriver toDevice() {
    return this;
  }

  @Override
  public OpenIdDriver openId() {
    return this;
  }

  @Override
  public TurnDriver turn() {
    return this;
  }

  @Override
  public RtcDriver rtc() {
    return this;
  }

  @Override
  public MediaDriver media() {
    return this;
  }

  @Override
  public DirectoryDriver directory() {
    return this;
  }

  @Override
  public UiDriver ui() {
    return this;
  }

  @Override
  public CompletionStage<DriverResult<String>> send(EventDriver.Send event) {
    return done(event, "$event" + ++ids);
  }

  @Override
  public CompletionStage<DriverResult<String>> redact(Redact redaction) {
    return done(redaction, "$redaction" + ++ids);
  }

  @Override
  public CompletionStage<DriverResult<List<ObjectNode>>> timeline(ReadTimeline query) {
    return done(query, List.copyOf(timeline));
  }

  @Override
  public CompletionStage<DriverResult<List<ObjectNode>>> state(ReadState query) {
    return done(
        query,
        state.stream()
            .filter(event -> event.path("room_id").asText(query.roomId()).equals(query.roomId()))
            .filter(event -> event.path("type").asText().equals(query.type()))
            .filter(
                event ->
                    query.keys().only().isEmpty()
                        || query.keys().only().get().equals(event.path("state_key").asText()))
            .toList());
  }

  @Override
  public CompletionStage<DriverResult<List<ObjectNode>>> sticky(ReadSticky query) {
    return done(query, List.copyOf(stickyEvents));
  }

  @Override
  public CompletionStage<DriverResult<RelationsPage>> relations(ReadRelations query) {
    return done(
        query, page.orElse(new RelationsPage(timeline, Optional.of("next"), Optional.of("prev"))));
  }

  @Override
  public CompletionStage<DriverResult<Optional<ObjectNode>>> accountData(ReadAccountData query) {
    return done(query, Optional.ofNullable(accountData.get(query.roomId())));
  }

  @Override
  public CompletionStage<DriverResult<String>> send(SendDelayed event) {
    return done(event, "delay" + ++ids);
  }

  @Override
  public CompletionStage<DriverResult<DriverCall.Ack>> update(UpdateDelayed update) {
    return done(update, DriverCall.Ack.ACK);
  }

  @Override
  public CompletionStage<DriverResult<Map<String, Set<String>>>> devices(ListDevices query) {
    return done(query, Map.copyOf(devices));
  }

  @Override
  public CompletionStage<DriverResult<Map<DeviceAddress, Outcome>>> send(
      ToDeviceDriver.Send messages) {
    Map<DeviceAddress, Outcome> result = new LinkedHashMap<>();
    messages
        .contents()
        .keySet()
        .forEach(to -> result.put(to, outcomes.getOrDefault(to, new Outcome.Sent())));
    return done(messages, result);
  }

  @Override
  public CompletionStage<DriverResult<Standing>> standing(GetStanding query) {
    return done(query, standing);
  }

  @Override
  public CompletionStage<DriverResult<Boolean>> ask(AskUser question) {
    return done(question, userAllows);
  }

  @Override
  public CompletionStage<DriverResult<OpenIdToken>> token(GetToken query) {
    return done(
        query, new OpenIdToken("token" + ++ids, Duration.ofHours(1), "example.org", "Bearer"));
  }

  @Override
  public CompletionStage<DriverResult<TurnServers>> watch(Watch watch) {
    return done(watch, new TurnServers(List.of("turn:example.org"), "user", "secret"));
  }

  @Override
  public CompletionStage<DriverResult<DriverCall.Ack>> unwatch(Unwatch unwatch) {
    return done(unwatch, DriverCall.Ack.ACK);
  }

  @Override
  public CompletionStage<DriverResult<List<ObjectNode>>> transports(GetTransports query) {
    return done(
        query,
        List.of(
            Json.newObject()
                .put("type", "livekit")
                .put("livekit_service_url", "https://jwt.example.org")));
  }

  @Override
  public CompletionStage<DriverResult<String>> livekitToken(GetLivekitToken query) {
    return done(query, "jwt" + ++ids);
  }

  @Override
  public CompletionStage<DriverResult<DriverCall.Ack>> delegateLeave(DelegateLeave delegation) {
    return done(delegation, DriverCall.Ack.ACK);
  }

  @Override
  public CompletionStage<DriverResult<Optional<Long>>> config(GetConfig query) {
    return done(query, Optional.of(50_000_000L));
  }

  @Override
  public CompletionStage<DriverResult<String>> upload(Upload upload) {
    return done(upload, "mxc://example.org/file" + ++ids);
  }

  @Override
  public CompletionStage<DriverResult<MediaContent>> download(Download download) {
    return done(download, MediaContent.copyOf(file, Optional.of("image/png")));
  }

  @Override
  public CompletionStage<DriverResult<Found>> search(Search query) {
    return done(
        query,
        new Found(
            true,
            List.of(
                new User("@bob:example.org", Optional.of("Bob"), Optional.of("mxc://e/b")),
                new User("@carl:example.org", Optional.empty(), Optional.empty()))));
  }

  @Override
  public CompletionStage<DriverResult<DriverCall.Ack>> navigate(Navigate link) {
    return done(link, DriverCall.Ack.ACK);
  }

  @Override
  public CompletionStage<DriverResult<DriverCall.Ack>> viewRoom(ViewRoom room) {
    return done(room, DriverCall.Ack.ACK);
  }

  @Override
  public CompletionStage<DriverResult<Boolean>> alwaysOnScreen(AlwaysOnScreen wish) {
    return done(wish, true);
  }

  @Override
  public CompletionStage<DriverResult<DriverCall.Ack>> sticker(Sticker sticker) {
    return done(sticker, DriverCall.Ack.ACK);
  }
}
