package io.matrixrtc.testkit.peers;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.NewRoom;
import io.matrixrtc.client.SetupOutcome;
import io.matrixrtc.client.SyncFilter;
import io.matrixrtc.client.SyncSettings;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.livekit.ServiceUrl;
import io.matrixrtc.olm.StateKey;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.agent.ForeignSession;
import io.matrixrtc.testkit.agent.MessageTraces;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import io.matrixrtc.testkit.trace.TraceEvent;
import io.matrixrtc.widget.api.ElementCall;
import io.matrixrtc.widget.api.UrlTemplate;
import io.matrixrtc.widget.bridge.HostPage;
import io.matrixrtc.widget.bridge.WidgetSessions;
import io.matrixrtc.widget.drivers.AccountFeed;
import io.matrixrtc.widget.drivers.WidgetAccount;
import io.matrixrtc.widget.drivers.WidgetConsent;
import io.matrixrtc.widget.drivers.WidgetScreen;
import io.matrixrtc.widget.host.FramePort;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.matrixrtc.widget.host.WidgetHost;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The unmodified Element Call in Chromium, in a script of the test kit: hosted by our widget
 * bridge, on an account of ours. It joins and leaves by its own buttons, and sends its picture to a
 * real SFU; the frames that the script judges are the test kit's, under the keys that pass the
 * bridge.
 */
final class ElementCallSession implements ForeignSession, WidgetSessions {
  /** {@code useKeyDelay} of matrix-js-sdk, which Element Call leaves as it is. */
  private static final Duration USE_DELAY = Duration.ofSeconds(1);

  private static final int LIMIT_SECONDS = 30;

  private static final Map<String, String> LOOKS =
      Map.of("intent", "start_call", "perParticipantE2EE", "true");

  private final CallStage stage;
  private final Path log;
  private final String ticket;
  private final KeyTraffic traffic;
  private final AtomicInteger opened = new AtomicInteger();
  private final SecureRandom random = new SecureRandom();
  private final StateKey storeKey = StateKey.generate(random::nextBytes);
  private Consumer<TraceEvent> trace = event -> {};
  private @Nullable ParticipantSpec spec;
  private @Nullable EncryptedClient client;
  private @Nullable WidgetAccount widgets;
  private @Nullable CallPage page;
  private volatile String roomId = "";

  /**
   * @param log a new file for what the page writes
   */
  ElementCallSession(CallStage stage, Path log) {
    this.stage = stage;
    this.log = log;
    this.ticket = stage.host(this);
    this.traffic = new KeyTraffic(USE_DELAY, stage.pool());
  }

  private static <T> T get(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new ScriptException(String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new ScriptException("no answer in " + LIMIT_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScriptException("interrupted", e);
    }
  }

  private ParticipantSpec spec() {
    return Objects.requireNonNull(spec, "is not signed in");
  }

  private EncryptedClient client() {
    return Objects.requireNonNull(client, "is not signed in");
  }

  private WidgetAccount widgets() {
    return Objects.requireNonNull(widgets, "is not signed in");
  }

  /** Its host is ours, above the encryption and below it. */
  @Override
  public boolean tracesMessages(Consumer<TraceEvent> taker) {
    trace = taker;
    return true;
  }

  @Override
  public void signIn(ParticipantSpec wanted) {
    spec = wanted;
    MessageTraces messages = new MessageTraces(wanted.identity(), trace);
    ClientSettings usual = stage.clients().settings();
    Credentials credentials =
        Credentials.of(wanted.userId(), wanted.password(), wanted.name())
            .asDevice(wanted.deviceId());
    ClientSettings settings =
        ClientSettings.of(messages.below(usual.http()), usual.scheduler())
            .withSync(SyncSettings.defaults().withFilter(SyncFilter.allState()));
    LoginOutcome outcome =
        get(MatrixClient.login(URI.create(wanted.homeserver()), credentials, settings));
    if (!(outcome instanceof LoginOutcome.LoggedIn in)) {
      throw new ScriptException(outcome.sentence());
    }
    MatrixClient matrix = new MatrixClient(in.session(), settings);
    AccountFeed feed = new AccountFeed();
    try {
      client =
          EncryptedClient.builder(matrix)
              .trust(TrustPolicy.named(wanted.trust()))
              .store(new MemoryCryptoStore(), storeKey)
              .closingStore()
              .onSealed(messages)
              .listener(feed)
              .start();
    } catch (CryptoStoreException e) {
      throw new IllegalStateException("a store in memory opens", e);
    }
    widgets =
        new WidgetAccount(
            client(), feed, HttpClient.newHttpClient(), ServiceUrl.parse(wanted.sfuService()));
    get(client().published());
  }

  @Override
  public void setUpIdentity() {
    SetupOutcome outcome =
        get(
            client()
                .crossSigning()
                .bootstrap(UserAuthentication.password(spec().userId(), spec().password())));
    if (!(outcome instanceof SetupOutcome.Done)) {
      throw new ScriptException(outcome.sentence());
    }
  }

  @Override
  public String fingerprint() {
    return get(client().withMachine(machine -> machine.identityKeys().ed25519().toBase64()));
  }

  @Override
  public String createRoom(String name) {
    NewRoom room = NewRoom.openForCalls().named(name);
    return get(client().matrix().rooms().createRoom(room)).orThrow();
  }

  @Override
  public void enterRoom(String room) {
    roomId = get(client().matrix().rooms().join(room)).orThrow();
  }

  @Override
  public boolean knows(DeviceAddress other) {
    return get(client()
            .withMachine(
                machine -> {
                  machine.trackUsers(List.of(other.userId()), Instant.now());
                  return machine.find(new UserDevice(other.userId(), other.deviceId()));
                }))
        .isPresent();
  }

  /** Presses the button of the lobby, in the page that was loaded again or in a new one. */
  @Override
  public void joinCall(String room, Keys keys) throws InterruptedException {
    traffic.begin(keys);
    page =
        stage.browse(
            () -> {
              CallPage shown = page;
              if (shown == null) {
                BrowserContext context =
                    stage
                        .browser()
                        .newContext(new Browser.NewContextOptions().setViewportSize(1280, 800));
                shown = new CallPage(context.newPage()).open(stage.link(ticket));
              }
              return shown.join();
            });
  }

  @Override
  public void leaveCall() throws InterruptedException {
    CallPage shown = Objects.requireNonNull(page, "is in no call");
    stage.browse(
        () -> {
          shown.hangUp();
          return shown;
        });
    closePage();
    traffic.end();
  }

  @Override
  public void reload() throws InterruptedException {
    CallPage shown = Objects.requireNonNull(page, "is in no call");
    traffic.end();
    stage.browse(() -> shown.page().reload());
  }

  @Override
  public void mute(boolean muted) throws InterruptedException {
    CallPage shown = Objects.requireNonNull(page, "is in no call");
    stage.browse(
        () -> {
          shown.switchMedia();
          return shown;
        });
  }

  /** Without a word: the page may not even say goodbye. */
  private void closePage() throws InterruptedException {
    CallPage shown = page;
    if (shown != null) {
      page = null;
      stage.browse(() -> close(shown));
    }
  }

  private CallPage close(CallPage shown) throws IOException {
    Files.createDirectories(log.toAbsolutePath().getParent());
    Files.write(log, shown.log());
    shown.page().context().close();
    return shown;
  }

  @Override
  public CompletionStage<Optional<Opened>> open(String ofTicket, HostPage hostPage) {
    return widgets()
        .prepare(roomId)
        .thenApply(
            (ApiResult<Boolean> result) ->
                result.fold(ready -> Optional.of(open(hostPage)), failure -> Optional.empty()));
  }

  private Opened open(HostPage hostPage) {
    byte[] id = new byte[16];
    random.nextBytes(id);
    String widgetId = HexFormat.of().formatHex(id);
    DeviceAddress self = widgets().address();
    int session = opened.incrementAndGet();
    FramePort overheard =
        text -> {
          hostPage.frame().post(text);
          if (session == opened.get()) { // an older page may still be believed to come back
            traffic.onPosted(text);
          }
        };
    WidgetHost host =
        widgets()
            .host(
                HostedWidget.call(widgetId, stage.widgetOrigin(), self, roomId)
                    .withTrust(TrustRequirement.named(spec().trust())),
                HostLimits.DEFAULT,
                WidgetScreen.of(
                    overheard,
                    hostPage.listener(),
                    WidgetConsent.trusted(
                        ElementCall.capabilities(self.userId(), self.deviceId(), roomId))),
                new PoolScheduler(stage.pool(), InstantSource.system()),
                random);
    UrlTemplate.Known known =
        new UrlTemplate.Known(
            self.userId(),
            self.deviceId(),
            roomId,
            spec().name(),
            "",
            widgetId,
            "io.matrixrtc.testkit",
            "dark",
            "en",
            spec().homeserver());
    URI widget = URI.create(stage.widgetOrigin() + "/index.html");
    return new Opened(host, ElementCall.url(widget, widgetId, stage.page(), known, LOOKS));
  }

  /** As a crash: the page is gone, and its host says nothing for it. */
  @Override
  public void close() {
    traffic.end();
    try {
      closePage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    EncryptedClient open = client;
    if (open != null) {
      client = null;
      widgets().close();
      open.close();
      storeKey.close();
    }
  }
}
