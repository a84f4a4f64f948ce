package io.matrixrtc.backup.download;

import io.matrixrtc.backup.BackupVersion;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Does what a download wants: a network, a clock and an executor for tests. */
final class Driver {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  final BackupServer server;
  final MemoryDownloadStore store;
  final MemorySpoolFile file;
  final FullDownload download;
  final List<DownloadProgress> told = new ArrayList<>();
  final List<DownloadEffect> seen = new ArrayList<>();
  private final Deque<DownloadEffect> todo = new ArrayDeque<>();
  Instant now = START;
  int fetches;
  int chunk = 1_000;
  long cutAfter = Long.MAX_VALUE;
  Optional<BackupVersion> versionAtEnd;
  private byte @Nullable [] answer;
  private int sent;
  @Nullable Instant wakeAt;

  Driver(BackupServer server, MemoryDownloadStore store, MemorySpoolFile file, String name) {
    this.server = server;
    this.store = store;
    this.file = file;
    this.download = new FullDownload(store, file, name, OpenerPool.direct());
    this.versionAtEnd = Optional.of(server.version());
  }

  static Driver of(BackupServer server) {
    return new Driver(server, new MemoryDownloadStore(), new MemorySpoolFile(), "us");
  }

  Driver start(boolean byUser) throws Exception {
    add(download.start(server.version(), server.key, byUser, now));
    return this;
  }

  void add(List<DownloadEffect> effects) {
    for (DownloadEffect effect : effects) {
      seen.add(effect);
      if (effect instanceof DownloadEffect.Tell tell) {
        told.add(tell.progress());
      } else if (effect instanceof DownloadEffect.WakeAt wake) {
        wakeAt = wake.time();
      } else {
        todo.add(effect);
      }
    }
  }

  /** How much of the present answer was handed over. */
  int sent() {
    return sent;
  }

  /** Does one thing; false if there is nothing to do but wait. */
  boolean once() throws Exception {
    now = now.plusMillis(1);
    DownloadEffect next = todo.poll();
    if (next instanceof DownloadEffect.Fetch) {
      fetches++;
      answer = server.answer();
      sent = 0;
    } else if (next instanceof DownloadEffect.CancelFetch) {
      answer = null;
    } else if (next instanceof DownloadEffect.Step) {
      add(download.step(now));
    } else if (next instanceof DownloadEffect.AskVersion) {
      add(download.versionNow(versionAtEnd, now));
    } else if (next == null) {
      return network();
    }
    return true;
  }

  private boolean network() throws Exception {
    byte[] body = answer;
    if (body == null) {
      return false;
    }
    if (sent >= Math.min(body.length, cutAfter)) {
      answer = null;
      add(download.ended(now));
      return true;
    }
    int take = (int) Math.min(chunk, Math.min(body.length, cutAfter) - sent);
    add(download.received(Arrays.copyOfRange(body, sent, sent + take), take, now));
    sent += take;
    return true;
  }

  /** Goes on until there is nothing to do. */
  Driver run() throws Exception {
    while (once()) {
      // one thing after another
    }
    return this;
  }

  /** Lets the time pass until the timer, and goes on. */
  Driver wake() throws Exception {
    Instant at = wakeAt;
    if (at != null) {
      now = at;
    }
    wakeAt = null;
    add(download.wake(now));
    return run();
  }

  DownloadJob job() {
    return store.job().orElseThrow();
  }

  /** The same store and disk in a new process. */
  Driver restarted() {
    Driver next = new Driver(server, store, file, "us again");
    next.now = now.plusSeconds(60);
    return next;
  }
}
