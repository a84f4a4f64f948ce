package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.CapabilitySet;
import io.matrixrtc.widget.api.WidgetAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What the parts of the machine share: the time, the grants, and the way out. */
final class HostSession {
  private final HostedWidget widget;
  private final HostLimits limits;
  private final RoomView rooms;
  private final PushRequests pushes;
  private final OpenCalls calls;
  private final StrikeCount strikes;
  private List<HostEffect> effects = new ArrayList<>();
  private Instant now = Instant.EPOCH;
  private CapabilitySet grants = CapabilitySet.NONE;

  HostSession(HostedWidget widget, HostLimits limits, RoomView rooms, Supplier<String> ids) {
    this.widget = widget;
    this.limits = limits;
    this.rooms = rooms;
    this.pushes = new PushRequests(this, ids);
    this.calls = new OpenCalls(this);
    this.strikes = new StrikeCount(limits);
  }

  HostedWidget widget() {
    return widget;
  }

  HostLimits limits() {
    return limits;
  }

  RoomView rooms() {
    return rooms;
  }

  PushRequests pushes() {
    return pushes;
  }

  OpenCalls calls() {
    return calls;
  }

  /** The widget did what a well-behaved one never does. */
  void strike() {
    strikes.add(now);
  }

  boolean hasTooManyStrikes() {
    return strikes.isTooMany();
  }

  Instant now() {
    return now;
  }

  void setNow(Instant now) {
    this.now = now;
  }

  CapabilitySet grants() {
    return grants;
  }

  void setGrants(CapabilitySet grants) {
    this.grants = grants;
  }

  /** Posts a message as JSON text. */
  void post(String text) {
    effects.add(new HostEffect.Post(text));
  }

  void report(HostEvent event) {
    effects.add(new HostEffect.Report(event));
  }

  void perform(HostEffect effect) {
    effects.add(effect);
  }

  /** Asks the widget something. */
  void push(WidgetAction action, ObjectNode data, Consumer<PushAnswer> then) {
    pushes.send(action, data, then);
  }

  /** Asks the widget something whose reply says nothing. */
  void push(WidgetAction action, ObjectNode data) {
    pushes.send(action, data, answer -> {});
  }

  <A> void call(DriverCall<A> call, Consumer<DriverResult<A>> then) {
    calls.start(call, then, result -> {});
  }

  /** What has piled up since the last time. */
  List<HostEffect> takeEffects() {
    List<HostEffect> taken = effects;
    effects = new ArrayList<>();
    return taken;
  }
}
