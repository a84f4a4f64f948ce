package io.matrixrtc.widget.bridge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.widget.host.HostEvent;
import io.matrixrtc.widget.host.HostEvent.EndReason;
import io.matrixrtc.widget.host.WidgetHost;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves host pages and their relays on someone's {@link Router}.
 *
 * <pre>{@code
 * WidgetBridge bridge = new WidgetBridge(vertx, settings, sessions);
 * bridge.mount(router);
 * }</pre>
 *
 * <p>A page is opened by a {@linkplain SignedLinks signed link} in its fragment, which it hands to
 * the relay in its first frame. All sessions live on one Vert.x context; {@link #drain} ends them.
 */
public final class WidgetBridge {
  private static final Logger LOG = LoggerFactory.getLogger(WidgetBridge.class);
  private static final int SESSION_ID_BYTES = 16;

  /** Longest first frame: nobody is known yet who sends it. */
  private static final int MAX_HELLO_CHARS = 4_096;

  private static final String AWAY = "the page was away for too long";
  private static final String SHUTTING_DOWN = "the server is shutting down";

  /** After so many frames the socket rests until the host has caught up (RELAY-PRESSURE). */
  private static final int FRAMES_AT_A_TIME = 64;

  private final ContextScheduler scheduler;
  private final BridgeSettings settings;
  private final SignedLinks links;
  private final WidgetSessions sessions;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, RelaySession> open = new HashMap<>();
  private final Map<String, Connection> connected = new HashMap<>();
  private final Map<String, SerialScheduler.Timer> absences = new HashMap<>();
  private final Set<CompletableFuture<Void>> openings = new LinkedHashSet<>();
  private final LeavingHosts leaving;
  private boolean draining;

  /** By the system's clock, with links that are good until this process ends. */
  public WidgetBridge(Vertx vertx, BridgeSettings settings, WidgetSessions sessions) {
    this(vertx, settings, SignedLinks.ofThisProcess(), sessions, InstantSource.system());
  }

  public WidgetBridge(
      Vertx vertx,
      BridgeSettings settings,
      SignedLinks links,
      WidgetSessions sessions,
      InstantSource clock) {
    this.scheduler = new ContextScheduler(vertx, clock);
    this.settings = settings;
    this.links = links;
    this.sessions = sessions;
    this.clock = clock;
    this.leaving = new LeavingHosts(scheduler);
  }

  /** Adds the page, its script and style, and the relay: below {@code publicUrl}'s path. */
  public void mount(Router router) {
    String path = settings.publicUrl().getPath().replaceAll("/+$", "");
    new HostPageFiles(settings.widgetOrigin()).mount(router, path);
    router.get(path + "/relay").handler(this::upgrade);
  }

  /** BRIDGE-SOCKET: only the host page itself may open a relay. */
  private void upgrade(RoutingContext request) {
    if (!settings.pageOrigin().equals(request.request().getHeader("Origin")) || draining) {
      request.response().setStatusCode(draining ? 503 : 403).end();
      return;
    }
    request
        .request()
        .toWebSocket()
        .onSuccess(socket -> new Connection(socket).start()) // at once: frames may be here already
        .onFailure(request::fail);
  }

  /** One WebSocket: first {@code hello}, then frames of its session. */
  private final class Connection implements RelaySession.Link {
    private final ServerWebSocket socket;
    private Optional<RelaySession> session = Optional.empty();
    private boolean greeted;
    private boolean gone;
    private SerialScheduler.@Nullable Timer silence;
    private final Heartbeat heartbeat =
        new Heartbeat(scheduler, settings.maxAbsence(), this::ping, this::vanished);
    private boolean busy; // the host has not caught up, and answers wait unread
    private int frames; // on the socket's thread
    private boolean rests;

    Connection(ServerWebSocket socket) {
      this.socket = socket;
    }

    /** BRIDGE-HELLO: who says nothing is not waited for any longer than who is away. */
    void start() {
      scheduler.execute(
          () ->
              silence =
                  scheduler.schedule(
                      scheduler.now().plus(settings.maxAbsence()), () -> refuse("no hello")));
      socket.textMessageHandler(this::onFrame);
      socket.pongHandler(answer -> scheduler.execute(heartbeat::heard));
      socket.drainHandler(ignored -> scheduler.execute(this::onDrain));
      socket.closeHandler(ignored -> scheduler.execute(this::onClose));
      socket.exceptionHandler(e -> LOG.debug("relay socket: {}", e.getMessage()));
    }

    /** On the socket's thread: what has come in behind a pause is not taken (RELAY-PRESSURE). */
    private void onFrame(String text) {
      boolean isLast = ++frames % FRAMES_AT_A_TIME == 0;
      if (isLast) {
        socket.pause();
      }
      scheduler.execute(
          () -> {
            onText(text);
            if (isLast) {
              busy = true;
              goOn();
            }
          });
    }

    private void goOn() {
      session
          .flatMap(RelaySession::host)
          .map(WidgetHost::settled)
          .orElseGet(() -> CompletableFuture.completedFuture(null))
          .thenRun(() -> scheduler.execute(this::readOn));
    }

    /** Who does not read what we write is not read from either (RELAY-PRESSURE). */
    private void readOn() {
      busy = false;
      rests = isFull();
      if (!rests) {
        socket.resume();
      }
    }

    private void onDrain() {
      session.ifPresent(known -> known.goOn(this));
      if (rests) {
        readOn();
      }
    }

    private void ping() {
      if (busy) {
        heartbeat.heard();
      }
      if (!socket.isClosed()) {
        socket.writePing(Buffer.buffer());
      }
    }

    /** RELAY-ALIVE: it may take its peer's system long to notice, or for ever. */
    private void vanished() {
      onClose();
      socket.close();
    }

    private void onText(String text) {
      heartbeat.heard();
      if (text.length() > (greeted ? settings.maxMessageChars() : MAX_HELLO_CHARS)) {
        refuse("too long");
      } else if (!greeted) {
        greeted = true;
        heard();
        heartbeat.start();
        hello(text);
      } else if (session.isPresent() && !session.get().receive(this, text)) {
        refuse("not a frame");
      }
    }

    private void hello(String text) {
      PageHello hello;
      try {
        hello = PageHello.read(text);
      } catch (MalformedJsonException e) {
        refuse("not a frame");
        return;
      }
      RelaySession known = open.get(hello.resume());
      RelaySession reloaded = open.get(hello.reload());
      if (known != null) {
        attach(known, hello.seen());
      } else if (reloaded != null && reloaded.host().isPresent()) {
        reloaded.restart();
        attach(reloaded, 0);
      } else if (hello.wantsKnownSession()) {
        refuse("session over");
      } else {
        begin(hello.link(), hello.dark());
      }
    }

    private void begin(String link, boolean dark) {
      if (draining) {
        refuse(SHUTTING_DOWN);
        return;
      } else if (open.size() >= settings.maxSessions()) { // BRIDGE-LIMIT
        refuse("too many sessions");
        return;
      }
      SignedLinks.Use use = links.use(link, clock.instant());
      if (use instanceof SignedLinks.Use.Refused refused) {
        refuse(refused.why().words());
      } else if (use instanceof SignedLinks.Use.Granted granted) {
        begin(newSession(dark), granted.ticket());
      }
    }

    private void begin(RelaySession fresh, String ticket) {
      open.put(fresh.id(), fresh);
      CompletableFuture<Void> opening = new CompletableFuture<>();
      openings.add(opening);
      CompletableFuture.completedFuture(ticket)
          .thenCompose(known -> sessions.open(known, fresh.page()))
          .whenComplete(
              (opened, bug) ->
                  scheduler.execute(
                      () -> {
                        openings.remove(opening);
                        if (bug != null || opened.isEmpty()) {
                          end(fresh, "nothing to open");
                          refuse("nothing to open");
                          opening.complete(null);
                        } else if (open.get(fresh.id()) == fresh) {
                          welcome(fresh, opened.get());
                          opening.complete(null);
                        } else {
                          refuse(draining ? SHUTTING_DOWN : "it was closed");
                          tooLate(opened.get().host(), opening);
                        }
                      }));
    }

    /**
     * BRIDGE-LATE: nobody wants it any more; who waits for the bridge to drain waits for it, too.
     */
    private void tooLate(WidgetHost host, CompletableFuture<Void> opening) {
      host.close();
      leaving.add(host);
      var unused = host.ended().thenRun(() -> opening.complete(null));
    }

    private void welcome(RelaySession fresh, WidgetSessions.Opened opened) {
      fresh.open(opened);
      if (gone) { // it never heard the session's id, so it cannot come back for it
        end(fresh, "the page has gone");
      } else {
        attach(fresh, 0);
      }
    }

    /** A newer connection takes over; the older one is told and closed (RELAY-NEWEST). */
    private void attach(RelaySession known, long seen) {
      if (!known.connect(this, seen)) {
        refuse("not a frame");
        return;
      }
      cancelAbsence(known);
      session = Optional.of(known);
      Connection older = connected.put(known.id(), this);
      if (older != null) {
        older.refuse("it goes on in another window");
      }
    }

    @Override
    public void send(String text) {
      socket.writeTextMessage(text).onFailure(e -> socket.close());
    }

    @Override
    public boolean isFull() {
      try {
        return socket.writeQueueFull();
      } catch (IllegalStateException e) {
        return false; // it is closed, and takes whatever there is to nowhere
      }
    }

    private void refuse(String reason) {
      socket.writeTextMessage(RelaySession.refusal(reason, settings));
      socket.close();
    }

    private void heard() {
      if (silence != null) {
        silence.cancel();
      }
    }

    private void onClose() {
      gone = true;
      heard();
      heartbeat.stop();
      session.ifPresent(
          known -> {
            connected.remove(known.id(), this);
            if (open.containsKey(known.id()) && known.isConnectedBy(this)) {
              known.disconnect();
              if (RelaySession.isFarewell(socket.closeStatusCode())) {
                end(known, "the page has ended it");
              } else {
                await(known);
              }
            }
          });
    }
  }

  /** What its host and its page are given from any thread goes on in this bridge's scheduler. */
  private RelaySession newSession(boolean dark) {
    String id = newId();
    HostPage page =
        new HostPage(
            text -> scheduler.execute(() -> put(id, session -> session.post(text))),
            event -> scheduler.execute(() -> onEvent(id, event)),
            entry -> scheduler.execute(() -> put(id, session -> session.put(entry))),
            entry -> scheduler.execute(() -> show(id, entry)),
            scheduler,
            dark);
    return new RelaySession(id, settings, page, scheduler);
  }

  private void put(String id, Predicate<RelaySession> way) {
    RelaySession session = open.get(id);
    if (session != null && !way.test(session)) {
      end(session, session.isConnected() ? "the page does not keep up" : AWAY);
    }
  }

  private void show(String id, ObjectNode entry) {
    RelaySession session = open.get(id);
    if (session != null) {
      session.show(entry);
    }
  }

  private void onEvent(String id, HostEvent event) {
    RelaySession session = open.get(id);
    if (session != null && event instanceof HostEvent.Ended ended) {
      end(
          session,
          ended.reason() == EndReason.FLOODED_BY_WIDGET
              ? "the widget sent far too many messages"
              : "it was closed");
    }
  }

  /** RELAY-ABSENCE. */
  private void await(RelaySession session) {
    absences.put(
        session.id(),
        scheduler.schedule(scheduler.now().plus(settings.maxAbsence()), () -> end(session, AWAY)));
  }

  private void cancelAbsence(RelaySession session) {
    SerialScheduler.Timer timer = absences.remove(session.id());
    if (timer != null) {
      timer.cancel();
    }
  }

  private void end(RelaySession session, String reason) {
    cancelAbsence(session);
    Connection last = connected.remove(session.id());
    if (open.remove(session.id()) != null) {
      session.host().ifPresent(leaving::add);
      session.close(reason);
    }
    if (last != null) { // a page that does not read would never hear that it is over
      last.socket.close();
    }
  }

  private String newId() {
    byte[] bytes = new byte[SESSION_ID_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** How many sessions are open. */
  public Future<Integer> sessionCount() {
    return Future.future(done -> scheduler.execute(() -> done.complete(open.size())));
  }

  /**
   * Takes no more sessions and ends those there are. Completes when the homeserver has answered for
   * the delayed events of each, or after three seconds (BRIDGE-DRAIN).
   */
  public Future<Void> drain() {
    return Future.future(
        done ->
            scheduler.execute(
                () -> {
                  draining = true;
                  List.copyOf(open.values()).forEach(session -> end(session, SHUTTING_DOWN));
                  openings.forEach(leaving::add);
                  leaving.whenGone(done::complete);
                }));
  }

  /**
   * A link to the page for a ticket, good for one session that begins within {@link
   * BridgeSettings#linkLifetime}.
   */
  public String link(String ticket) {
    return link(ticket, settings.linkLifetime());
  }

  /**
   * A link to the page for a ticket, good for one session.
   *
   * @param lifetime within which the session must begin (LINK-SHORT); how long it then lasts has
   *     nothing to do with it
   */
  public String link(String ticket, Duration lifetime) {
    Instant now = clock.instant();
    String path = settings.publicUrl().toString().replaceAll("/+$", "");
    return path + "/#" + links.sign(ticket, now, lifetime);
  }
}
