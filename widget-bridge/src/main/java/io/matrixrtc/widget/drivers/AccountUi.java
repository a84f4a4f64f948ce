package io.matrixrtc.widget.drivers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.host.DriverCall.Ack;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.EventDriver;
import io.matrixrtc.widget.host.UiDriver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A screen that shows the widget and nothing else: it is always on screen, no link leads anywhere.
 * Stickers go to the room.
 */
final class AccountUi implements UiDriver {
  private final EventDriver events;

  AccountUi(EventDriver events) {
    this.events = events;
  }

  @Override
  public CompletionStage<DriverResult<Ack>> navigate(Navigate link) {
    return no();
  }

  @Override
  public CompletionStage<DriverResult<Ack>> viewRoom(ViewRoom room) {
    return no();
  }

  private static CompletionStage<DriverResult<Ack>> no() {
    return CompletableFuture.completedFuture(DriverResult.failed("nothing else can be shown"));
  }

  @Override
  public CompletionStage<DriverResult<Boolean>> alwaysOnScreen(AlwaysOnScreen wish) {
    return CompletableFuture.completedFuture(DriverResult.done(true));
  }

  @Override
  public CompletionStage<DriverResult<Ack>> sticker(Sticker sticker) {
    ObjectNode picked = sticker.data();
    ObjectNode content = Json.newObject();
    content.put("body", picked.path("description").asText(picked.path("name").asText("sticker")));
    content.set("url", picked.path("content").path("url"));
    content.set("info", picked.path("content").path("info").deepCopy());
    return events
        .send(
            new EventDriver.Send(
                sticker.roomId(), "m.sticker", content, Optional.empty(), Optional.empty()))
        .thenApply(
            result ->
                result instanceof DriverResult.Failed<String> failed
                    ? new DriverResult.Failed<>(failed.reason(), failed.cause())
                    : DriverResult.done(Ack.ACK));
  }
}
