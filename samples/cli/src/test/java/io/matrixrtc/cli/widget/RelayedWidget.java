package io.matrixrtc.cli.widget;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.ElementCall;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.client.RelayConnection;
import io.matrixrtc.widget.client.WidgetClient;
import io.matrixrtc.widget.client.WidgetListener;
import io.matrixrtc.widget.client.WidgetResult;
import io.matrixrtc.widget.client.WidgetSettings;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A widget in this JVM that says it is Element Call, over the relay of a host's page. */
final class RelayedWidget implements RelayConnection.Listener, AutoCloseable {
  private final SerialScheduler scheduler;
  private final RelayConnection relay;
  final CompletableFuture<WidgetClient> client = new CompletableFuture<>();
  final CompletableFuture<Boolean> ready = new CompletableFuture<>();
  final CompletableFuture<Boolean> lost = new CompletableFuture<>();
  final CompletableFuture<String> ended = new CompletableFuture<>();
  final AtomicInteger resumed = new AtomicInteger();
  private volatile String address = "";

  RelayedWidget(URI page, SerialScheduler scheduler) {
    this.scheduler = scheduler;
    this.relay = new RelayConnection(page, this, scheduler);
    relay.start();
  }

  /** A parameter of the widget's address. */
  String parameter(String name) {
    Matcher matcher = Pattern.compile("[?&]" + name + "=([^&]*)").matcher(address);
    if (!matcher.find()) {
      throw new AssertionError(name + " is not in " + address);
    }
    return matcher.group(1);
  }

  @Override
  public void onOpened(URI widget) {
    address = widget.toString().replace("%40", "@").replace("%3A", ":").replace("%21", "!");
    List<Capability> wanted =
        List.copyOf(
            ElementCall.capabilities(
                parameter("userId"), parameter("deviceId"), parameter("roomId")));
    WidgetListener listener =
        new WidgetListener() {
          @Override
          public void onReady() {
            ready.complete(true);
          }
        };
    WidgetClient widgetClient =
        new WidgetClient(
            WidgetSettings.of(parameter("widgetId"), wanted),
            listener,
            relay,
            scheduler,
            () -> UUID.randomUUID().toString());
    client.complete(widgetClient);
    relay.loaded();
    widgetClient.start();
  }

  @Override
  public void onMessage(String text) {
    var unused = client.thenAccept(one -> one.onMessage(text));
  }

  @Override
  public void onLost() {
    lost.complete(true);
  }

  @Override
  public void onResumed() {
    resumed.incrementAndGet();
  }

  @Override
  public void onEnded(String reason) {
    ended.complete(reason);
  }

  /** Loses the connection, as a network does. */
  void drop() {
    relay.drop();
  }

  /** Sends a reaction, which is not encrypted, to the room. */
  CompletionStage<WidgetResult> react(String key) {
    ObjectNode data = Json.newObject().put("type", "m.reaction");
    data.putObject("content")
        .putObject("m.relates_to")
        .put("rel_type", "m.annotation")
        .put("event_id", "$call")
        .put("key", key);
    return client.thenCompose(one -> one.request(WidgetAction.SEND_EVENT, data));
  }

  @Override
  public void close() {
    var unused = client.thenAccept(WidgetClient::close);
    relay.close();
  }
}
