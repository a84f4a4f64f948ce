package io.matrixrtc.interop;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import io.matrixrtc.cli.widget.ElementCallFiles;
import io.matrixrtc.cli.widget.WidgetHostServer;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.livekit.OpenIdToken;
import io.matrixrtc.livekit.Participant;
import io.matrixrtc.livekit.ServiceUrl;
import io.matrixrtc.livekit.SfuAccess;
import io.matrixrtc.livekit.TokenOutcome;
import io.matrixrtc.livekit.TokenService;
import io.matrixrtc.token.ApiKey;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@code matrixrtc widget-host} runs, in this process, with an SFU and a Chromium whose
 * devices are not real. Closing it ends everything.
 */
final class HostedCall implements AutoCloseable {
  /** npm keeps Element Call here from stage to stage. */
  static final Path CACHE = Path.of("target", "element-call");

  private static final List<String> CHROMIUM_OPTIONS =
      List.of(
          "--no-sandbox",
          "--use-fake-device-for-media-stream",
          "--use-fake-ui-for-media-stream",
          "--autoplay-policy=no-user-gesture-required");

  private final String test;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final WidgetHostServer server;
  private final World world;
  private final Browser browser;
  private final Sfu sfu;

  /** How it is to differ from the command's defaults. */
  record Options(Optional<URI> widget, boolean asks) {
    static final Options ELEMENT_CALL = new Options(Optional.empty(), false);
  }

  HostedCall(String name, Options options, String... users) throws Exception {
    test = name;
    sfu = Sfu.start(name, List.of("--two-connections"));
    open.push(sfu);
    Map<String, String> passwords = new LinkedHashMap<>();
    for (String user : users) {
      passwords.put(user, "a password of " + user);
    }
    server = start(Optional.empty(), passwords, Optional.empty(), options, 0);
    open.push(server);
    world = new World(name, server.homeserver().orElseThrow().baseUrl());
    open.push(world);
    Playwright playwright = Playwright.create();
    open.push(playwright);
    browser = launch(playwright);
    open.push(browser);
  }

  /** The Chromium that {@code CHROMIUM} names. */
  static Browser launch(Playwright playwright) {
    return playwright
        .chromium()
        .launch(
            new BrowserType.LaunchOptions()
                .setExecutablePath(Path.of(Objects.requireNonNull(System.getenv("CHROMIUM"))))
                .setArgs(CHROMIUM_OPTIONS));
  }

  private WidgetHostServer start(
      Optional<URI> homeserver,
      Map<String, String> passwords,
      Optional<String> room,
      Options options,
      int pagePort)
      throws Exception {
    Optional<io.matrixrtc.cli.widget.Sfu> own =
        Optional.of(new io.matrixrtc.cli.widget.Sfu(sfu.url(), ApiKey.of(Sfu.key(), Sfu.secret())));
    return WidgetHostServer.start(
        new WidgetHostServer.Settings(
            homeserver,
            passwords,
            room,
            options.widget,
            options.widget.isPresent()
                ? Optional.empty()
                : Optional.of(ElementCallFiles.fetched(CACHE)),
            Optional.empty(),
            pagePort,
            0,
            0,
            homeserver.isPresent() ? Optional.empty() : own,
            TrustPolicy.CROSS_SIGNED,
            options.asks,
            Optional.empty(),
            Optional.empty()));
  }

  /**
   * Another host for the same room, which may be closed and started again. Its device is not
   * signed.
   *
   * @param user registered already
   */
  WidgetHostServer another(Peer.Account user, int pagePort) throws Exception {
    return start(
        Optional.of(server.homeserver().orElseThrow().baseUrl()),
        Map.of(user.userId(), user.password()),
        Optional.of(server.roomId()),
        Options.ELEMENT_CALL,
        pagePort);
  }

  /** The command as its users run it, for the same room. Its device is not signed. */
  HostCommand command(Peer.Account user, int port) throws Exception {
    Path password = Files.createTempFile(Path.of("target"), "password", ".txt");
    Files.writeString(password, user.password());
    open.push(() -> Files.deleteIfExists(password));
    return HostCommand.start(
        port,
        Sfu.log(test, "command"),
        List.of(
            "--homeserver",
            server.homeserver().orElseThrow().baseUrl().toString(),
            "--user",
            user.userId(),
            "--password-file",
            password.toString(),
            "--room",
            server.roomId(),
            "--element-call",
            ElementCallFiles.fetched(CACHE).toString(),
            "--trust",
            "all"));
  }

  /** A device of ours in the room that trusts every device, and is not signed itself. */
  OurDevice trusting(String name) throws Exception {
    OurDevice device = world.ours(world.login(world.account(name).userId()));
    device.joinRoom(server.roomId());
    return device;
  }

  /** Element Call without a host, as a new user who is in the room; not open yet. */
  AlonePage alone(String name) throws Exception {
    MatrixSession session = world.login(world.account(name).userId());
    World.get(world.bareClient(session).rooms().join(server.roomId())).orThrow();
    URI homeserver = server.homeserver().orElseThrow().baseUrl();
    AloneSite site = AloneSite.serve(ElementCallFiles.fetched(CACHE), homeserver, "localhost");
    open.push(site);
    AlonePage page =
        new AlonePage(context(ColorScheme.LIGHT), site.origin(), session, server.roomId());
    open.push(() -> Files.write(Sfu.log(test, name), page.log()));
    return page;
  }

  /** Registers a user. */
  Peer.Account account(String name) {
    return world.account(name);
  }

  /** A cross-signed device of matrix-js-sdk in the room. */
  Peer jsSdk(String name) throws Exception {
    Peer peer = world.peer(JsSdkTest.COMMAND, world.account(name), "JSSDKDEVICE");
    peer.crossSign();
    peer.joinRoom(server.roomId());
    return peer;
  }

  /** The token service of the SFU, as the homeserver names it to a user. */
  String tokenService(DeviceAddress device) {
    return tokenService(world.bareClient(world.login(device.userId())));
  }

  /** Takes part at the SFU as a device, by the token that its user gets of the token service. */
  RawParticipant atSfu(DeviceAddress device) throws Exception {
    MatrixClient client = world.bareClient(world.login(device.userId()));
    TokenOutcome outcome =
        World.get(
            new TokenService(world.settings())
                .own(
                    ServiceUrl.parse(tokenService(client)).orElseThrow(),
                    Participant.ofState(server.roomId(), device.userId(), device.deviceId()),
                    World.get(OpenIdToken.request(client)).orThrow(),
                    Optional.empty()));
    if (!(outcome instanceof TokenOutcome.Granted granted)) {
      throw new AssertionError(outcome);
    }
    SfuAccess access = granted.access();
    RawParticipant raw =
        sfu.raw(
            "raw-" + device.deviceId(),
            Json.newObject().put("url", access.url().toString()).put("token", access.revealJwt()));
    open.push(raw);
    return raw;
  }

  WidgetHostServer server() {
    return server;
  }

  /** The full id of a user. */
  String userId(String name) {
    return "@" + name + ":localhost";
  }

  /** The token service of the SFU, as the homeserver names it. */
  String tokenService(OurDevice device) {
    return tokenService(device.client().matrix());
  }

  private static String tokenService(MatrixClient client) {
    return World.get(
            client
                .api()
                .call(ApiRequest.get("unstable", "org.matrix.msc4143", "rtc", "transports")))
        .orThrow()
        .path("rtc_transports")
        .path(0)
        .path("livekit_service_url")
        .asText();
  }

  private BrowserContext context(ColorScheme colors) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions().setViewportSize(1280, 800).setColorScheme(colors));
    context.grantPermissions(List.of("clipboard-read", "clipboard-write", "camera", "microphone"));
    return context;
  }

  /** A page for a user, in a browser context of its own; not open yet. */
  HostedPage page(String name, ColorScheme colors) {
    Page page = context(colors).newPage();
    HostedPage hosted = new HostedPage(page);
    open.push(() -> Files.write(Sfu.log(test, name), hosted.log()));
    return hosted;
  }

  /** The host page of a user. */
  HostedPage open(String name, ColorScheme colors) {
    return page(name, colors).open(link(name));
  }

  /** A link for a user. */
  String link(String name) {
    return server.link(userId(name));
  }

  /** A cross-signed device of ours in the room, for the default trust policy. */
  OurDevice participant(String name) throws Exception {
    OurDevice device = world.signed(name);
    device.joinRoom(server.roomId());
    return device;
  }

  @Override
  public void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
