package io.matrixrtc.widget.drivers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.MatrixLink;
import io.matrixrtc.widget.host.DriverCall.Ack;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.EventDriver;
import io.matrixrtc.widget.host.UiDriver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * A screen that shows the widget and nothing else: it is always on screen, and no other room is
 * shown. A link is offered to the user, who opens it or not (UI-OFFER). Stickers go to the room.
 */
final class AccountUi implements UiDriver {
  private final EventDriver events;
  private final Predicate<MatrixLink> links;

  /**
   * @param links brings a link before the user, and says whether it could
   */
  AccountUi(EventDriver events, Predicate<MatrixLink> links) {
    this.events = events;
    this.links = links;
  }

  @Override
  public CompletionStage<DriverResult<Ack>> navigate(Navigate wish) {
    return CompletableFuture.completedFuture(
        links.test(wish.link()) // UI-OFFER
            ? DriverResult.done(Ack.ACK)
            : DriverResult.failed("there is nobody to offer a link to"));
  }

  @Override
  public CompletionStage<DriverResult<Ack>> viewRoom(ViewRoom room) {
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
