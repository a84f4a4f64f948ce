package io.matrixrtc.testkit.peers;

import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.WorldServer;
import io.matrixrtc.testkit.WorldSettings;
import io.matrixrtc.testkit.agent.ForeignAgent;
import io.matrixrtc.testkit.agent.ParticipantPort;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import io.matrixrtc.testkit.script.DevicePlayer;
import io.matrixrtc.testkit.trace.TraceEntry;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Plays devices of a script with the unmodified Element Call in Chromium, each in a page of the
 * widget bridge, on an account of this library:
 *
 * <pre>{@code
 * try (ElementCallBrowser browser = new ElementCallBrowser();
 *     CallScript call = CallScript.open(ScriptSettings.embedded().with(browser))) {
 *   CallDevice alice = call.device("alice");
 *   CallDevice bob = call.device("bob").playedBy(browser);
 *   ...
 * }
 * }</pre>
 *
 * <p>or {@code @PlayedBy(ElementCallBrowser.class) CallDevice bob} as a parameter of a {@link
 * io.matrixrtc.testkit.junit.ScriptedCallTest}. It joins, mutes and leaves by its own buttons,
 * sends the picture of Chromium's test camera to a stand-in SFU, and keeps its own time: it uses a
 * later key one second after it was sent, and for ten seconds one key for all who join. The frames
 * that the script judges are the test kit's, under the keys that pass the bridge; to whom it sent
 * which is in the trace.
 *
 * <p>It needs Chromium (system property {@link #CHROMIUM}, else the environment's {@code CHROMIUM},
 * else on the path), Node 20 or newer, and npm the first time: see {@link PeerFolders}. Everything
 * starts with the first script, and ends with {@link #close}. One script at a time can be played
 * with it; another one waits. Any thread may call. Chromium runs without its sandbox, on pages of
 * this machine alone.
 */
public final class ElementCallBrowser implements DevicePlayer, AutoCloseable {
  /** System property: the program that is Chromium, or another browser of its family. */
  public static final String CHROMIUM = "matrixrtc.peers.chromium";

  private static final int TURN_MINUTES = 5;

  private final Semaphore turn = new Semaphore(1);
  private @Nullable CallStage stage;
  private boolean closed;

  /** Starts nothing yet. */
  public ElementCallBrowser() {}

  private synchronized CallStage stage() {
    if (closed) {
      throw new IllegalStateException("the browser is closed");
    }
    CallStage running = stage;
    if (running == null) {
      running = start();
      stage = running;
    }
    return running;
  }

  private static CallStage start() {
    try {
      return new CallStage(PeerFolders.newLog("sfu"));
    } catch (ScriptException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScriptException("interrupted", e);
    } catch (Exception e) {
      throw new ScriptException("what Element Call needs does not start: " + e.getMessage(), e);
    }
  }

  /**
   * The homeserver, and a token service beside it, for the SFU.
   *
   * @throws PeerUnavailableException if Chromium, the SFU or Element Call cannot be had
   * @throws ScriptException if they do not start, or another script does not end within five
   *     minutes
   */
  @Override
  public WorldServer beside(WorldServer homeserver) {
    boolean given = false;
    try {
      CallStage running = stage();
      if (!turn.tryAcquire(TURN_MINUTES, TimeUnit.MINUTES)) {
        throw new ScriptException(
            "another script has had this browser for " + TURN_MINUTES + " minutes: close it first");
      }
      given = true;
      return running.withSfu(homeserver, turn::release);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScriptException("interrupted", e);
    } finally {
      if (!given) {
        homeserver.close();
      }
    }
  }

  /**
   * Makes a participant; its page is opened when it joins.
   *
   * @throws ScriptException if the script was not opened {@linkplain
   *     io.matrixrtc.testkit.script.ScriptSettings#with with} this player
   */
  @Override
  public ParticipantPort start(ParticipantSpec spec, Consumer<TraceEntry> trace) {
    return start(spec, trace, PeerFolders.newLog(spec.name()));
  }

  /** The same player, with a log in this file, for one device. */
  public WorldSettings.Starter loggingTo(Path file) {
    return (spec, trace) -> start(spec, trace, file);
  }

  private ParticipantPort start(ParticipantSpec spec, Consumer<TraceEntry> trace, Path log) {
    CallStage running = stage();
    if (!spec.sfuService().equals(running.tokenService())) {
      throw new ScriptException(
          "Element Call needs an SFU in the script: open it with ScriptSettings.with(browser)");
    }
    return new ForeignAgent(spec, trace, new ElementCallSession(running, log));
  }

  /** Ends the browser and all that it needs. Scripts are closed before. */
  @Override
  public void close() {
    CallStage running;
    synchronized (this) {
      closed = true;
      running = stage;
      stage = null;
    }
    if (running == null) {
      return;
    }
    try {
      running.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new ScriptException("the browser did not end well: " + e.getMessage(), e);
    }
  }
}
