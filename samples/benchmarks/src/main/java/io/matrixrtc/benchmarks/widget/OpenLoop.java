package io.matrixrtc.benchmarks.widget;

import io.matrixrtc.widget.api.Feature;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Pages that post at intended times, evenly spread, and measure from those times to the answers.
 * Runs on one event loop, which looks every millisecond for what is due.
 */
final class OpenLoop {
  private static final int TICK_MILLIS = 1;
  private static final long NANOS = 1_000_000_000L;

  /** As a browser would connect them, not all in one moment. */
  private static final int AT_A_TIME = 16;

  private final Vertx vertx;
  private final WebSocketClient client;
  private final BenchServer server;
  private final List<BenchPage> pages = new ArrayList<>();
  private final List<Deque<Long>> waiting = new ArrayList<>();
  private Promise<long[]> end = Promise.promise();
  private long[] nanos = {};
  private int answered;
  private int posted;
  private int requests;

  private OpenLoop(Vertx vertx, BenchServer server, int pages) {
    this.vertx = vertx;
    this.server = server;
    this.client =
        vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(pages + 1));
  }

  static Future<OpenLoop> open(Vertx vertx, BenchServer server, int pages) {
    OpenLoop loop = new OpenLoop(vertx, server, pages);
    Promise<OpenLoop> opened = Promise.promise();
    vertx.getOrCreateContext().runOnContext(now -> loop.openMore(pages, opened));
    return opened.future();
  }

  private void openMore(int wanted, Promise<OpenLoop> opened) {
    if (pages.size() == wanted) {
      opened.complete(this);
      return;
    }
    List<Future<BenchPage>> some = new ArrayList<>();
    for (int i = 0; i < Math.min(AT_A_TIME, wanted - pages.size()); i++) {
      some.add(BenchPage.open(vertx, client, server, List.of(Feature.RTC_TRANSPORTS.text())));
    }
    Future.all(some)
        .onComplete(
            all -> {
              some.forEach(page -> add(page.result()));
              openMore(wanted, opened);
            },
            opened::fail);
  }

  private void add(BenchPage page) {
    int index = pages.size();
    pages.add(page);
    waiting.add(new ArrayDeque<>());
    page.eachMessage(() -> onAnswer(index));
  }

  /** Posts {@code action} from each page so often; returns how long each answer took. */
  Future<long[]> run(String action, int perSecond, int seconds) {
    Promise<long[]> done = Promise.promise();
    vertx
        .getOrCreateContext()
        .runOnContext(
            now -> {
              end = done;
              nanos = new long[pages.size() * perSecond * seconds];
              answered = 0;
              posted = 0;
              long start = System.nanoTime();
              vertx.setPeriodic(TICK_MILLIS, timer -> tick(timer, start, action, perSecond));
            });
    return done.future();
  }

  /** The k-th message of all is due at k times the interval of all; pages take turns. */
  private void tick(long timer, long start, String action, int perSecond) {
    long interval = NANOS / (perSecond * (long) pages.size());
    long due = (System.nanoTime() - start) / interval;
    while (posted < nanos.length && posted <= due) {
      int page = posted % pages.size();
      waiting.get(page).add(start + posted * interval);
      pages.get(page).post("b" + ++requests, action);
      posted++;
    }
    if (posted == nanos.length) {
      vertx.cancelTimer(timer);
    }
  }

  private void onAnswer(int page) {
    Long intended = waiting.get(page).poll();
    if (intended == null) {
      end.tryFail("an answer to nothing");
      return;
    }
    nanos[answered++] = System.nanoTime() - intended;
    if (answered == nanos.length) {
      end.tryComplete(nanos);
    }
  }
}
