package io.matrixrtc.widget.drivers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.ClientEvent;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.livekit.ServiceUrl;
import io.matrixrtc.widget.host.ChannelToDeviceDriver;
import io.matrixrtc.widget.host.EventDriver.StateKeys;
import io.matrixrtc.widget.host.HostEvent;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.matrixrtc.widget.host.RoomView;
import io.matrixrtc.widget.host.UiDriver;
import io.matrixrtc.widget.host.WidgetHost;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * An account that hosts widgets, any number at a time. Any thread may call.
 *
 * <p>Its client must be given {@code feed} as its listener and sync all state ({@code
 * SyncFilter.allState}): a widget is told of state that calls do without.
 */
public final class WidgetAccount implements AutoCloseable {
  private final EncryptedClient account;
  private final MatrixClient client;
  private final AccountFeed feed;
  private final HttpClient http;
  private final Optional<ServiceUrl> sfu;
  private final RoomStates states;
  private final HostFeed hosts;
  private final TransactionIds transactions;
  private final Consumer<ClientEvent> follower;

  /**
   * @param http carries media; follows no redirections by itself
   * @param sfu the LiveKit service to name if the homeserver names none
   */
  public WidgetAccount(
      EncryptedClient account, AccountFeed feed, HttpClient http, Optional<ServiceUrl> sfu) {
    this.account = account;
    this.client = account.matrix();
    this.feed = feed;
    this.http = http;
    this.sfu = sfu;
    this.states = new RoomStates(client);
    this.hosts = new HostFeed(states);
    this.transactions = new TransactionIds(client.settings().random());
    this.follower = hosts::onEvent;
    feed.follow(follower);
  }

  /** User and device. */
  public DeviceAddress address() {
    return new DeviceAddress(account.device().userId(), account.device().deviceId());
  }

  /** Its homeserver. */
  public URI homeserver() {
    return client.api().homeserver();
  }

  /** What is known of its rooms. */
  public RoomView rooms() {
    return states;
  }

  /**
   * Learns what a widget of this room must find known. To be called, and done, before {@link
   * #host}.
   *
   * @return fails also for a room that the account is not in
   */
  public CompletionStage<ApiResult<Boolean>> prepare(String roomId) {
    long before = states.moment();
    return client
        .api()
        .once(ApiRequest.get("v3", "joined_rooms").within(AccountEvents.TIME_LIMIT))
        .thenCompose(
            rooms -> {
              if (rooms instanceof ApiResult.Ok<ObjectNode> ok) {
                Set<String> ids = new HashSet<>();
                ok.value().path("joined_rooms").forEach(id -> ids.add(id.asText()));
                states.joined(ids, before);
              }
              return states.load(roomId);
            })
        .thenCompose(
            result ->
                result instanceof ApiResult.Ok<Boolean>
                    ? knowDevices(roomId).thenApply(known -> result)
                    : CompletableFuture.completedFuture(result));
  }

  /** Keys are due, and come, as soon as somebody joins the call: no round trip then. */
  private CompletionStage<Boolean> knowDevices(String roomId) {
    Optional<ObjectNode> encryption =
        states.read(roomId, "m.room.encryption", only("")).stream()
            .map(event -> (ObjectNode) event.get("content"))
            .findFirst();
    if (encryption.isEmpty()) {
      return CompletableFuture.completedFuture(false);
    }
    return account.withMachine(
        machine -> {
          machine.rooms().encryptionEnabled(roomId, encryption.get());
          machine.trackUsers(states.members(roomId), client.settings().scheduler().now());
          return true;
        });
  }

  private static StateKeys only(String stateKey) {
    return new StateKeys(Optional.of(stateKey));
  }

  /**
   * Hosts a widget until its session ends.
   *
   * @param scheduler confines this session; not the client's, so that no widget slows the account
   * @param random for request ids; a secure one
   */
  public WidgetHost host(
      HostedWidget widget,
      HostLimits limits,
      WidgetScreen screen,
      SerialScheduler scheduler,
      RandomGenerator random) {
    CompletableFuture<WidgetHost> self = new CompletableFuture<>();
    AccountEvents events = new AccountEvents(account, states, transactions);
    UiDriver ui = screen.ui().orElseGet(() -> new AccountUi(events, screen.links()));
    AccountDriver driver =
        new AccountDriver(
            screen.consent().capabilities(),
            events,
            new AccountDelayedEvents(client, states, transactions),
            new ChannelToDeviceDriver(account.toDevice(), new AccountDevices(client)),
            new AccountOpenId(client, screen.consent()),
            new AccountTurn(
                client,
                servers -> {
                  var unused = self.thenAccept(host -> host.onTurnServers(servers));
                }),
            new AccountRtc(client, sfu),
            new AccountMedia(client, http),
            new AccountDirectory(client),
            ui);
    Consumer<HostEvent> listener =
        event -> {
          if (event instanceof HostEvent.Ended) {
            var unused = self.thenAccept(hosts::detach);
          }
          screen.listener().accept(event);
        };
    WidgetHost host =
        new WidgetHost(widget, limits, states, driver, screen.frame(), listener, scheduler, random);
    hosts.attach(host);
    self.complete(host);
    return host;
  }

  /** Hosts hear nothing any more. The client goes on. */
  @Override
  public void close() {
    feed.unfollow(follower);
  }
}
