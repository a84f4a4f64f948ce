package io.matrixrtc.testkit.relay;

import io.matrixrtc.keys.SerialScheduler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relay: a TCP server on the loopback interface that passes every frame to every other
 * connection. It knows no keys and asks for no membership: whoever connects, hears.
 *
 * <p>Frames of one sender reach a receiver in order; frames of different senders may be interleaved
 * differently at each receiver. Safe for many threads. Two threads per connection.
 */
public final class FrameRelay implements AutoCloseable {
  /** Most connections at a time, taps included. */
  public static final int MAX_CONNECTIONS = RelayCodec.MAX_MEMBERS;

  private static final Logger log = LoggerFactory.getLogger(FrameRelay.class);

  private final @Nullable ServerSocket server;
  private final InstantSource clock;
  private final Tape tape;
  private final Set<RelayEnd> open = new LinkedHashSet<>();
  private final Map<String, RelayEnd> members = new LinkedHashMap<>();
  private final Map<String, LinkFaults> faults = new LinkedHashMap<>();
  private volatile @Nullable Thread accepting;
  private long globalSequence;
  private boolean closed;

  private FrameRelay(@Nullable ServerSocket server, InstantSource clock, Tape tape) {
    this.server = server;
    this.clock = clock;
    this.tape = tape;
  }

  /** Starts a relay on a free port, with a tape of the default size. */
  public static FrameRelay start(InstantSource clock) throws IOException {
    return start(clock, 0, Tape.DEFAULT_MAX_BYTES);
  }

  /**
   * Starts a relay.
   *
   * @param clock stamps what is received
   * @param port 0 for a free one
   * @param maxTapeBytes bound of the tape
   */
  public static FrameRelay start(InstantSource clock, int port, long maxTapeBytes)
      throws IOException {
    ServerSocket server = new ServerSocket(port, 128, InetAddress.getLoopbackAddress());
    FrameRelay relay = new FrameRelay(server, clock, new Tape(maxTapeBytes));
    Thread accepting = new Thread(() -> relay.accept(server), "relay-accept");
    relay.accepting = accepting;
    accepting.setDaemon(true);
    accepting.start();
    return relay;
  }

  /** A relay without a socket and without threads, which lines are made of by {@link #attach}. */
  public static FrameRelay local(InstantSource clock) {
    return new FrameRelay(null, clock, new Tape(Tape.DEFAULT_MAX_BYTES));
  }

  /** Whether it listens on a socket. */
  public boolean listens() {
    return server != null;
  }

  /**
   * Connects a member without a socket. The listener is told on {@code tasks}, which must be the
   * one line of work for all who are connected so.
   */
  public RelayLine attach(String identity, RelayListener listener, SerialScheduler tasks) {
    return attach(new RelayMessage.Hello(RelayMessage.Role.MEMBER, identity), listener, tasks);
  }

  /** As {@link #attach}, for a tap; see {@link RelayClient#tap}. */
  public RelayLine attachTap(String identity, RelayListener listener, SerialScheduler tasks) {
    return attach(new RelayMessage.Hello(RelayMessage.Role.TAP, identity), listener, tasks);
  }

  private RelayLine attach(
      RelayMessage.Hello hello, RelayListener listener, SerialScheduler tasks) {
    boolean tap = hello.role() == RelayMessage.Role.TAP;
    LocalLine line = new LocalLine(this, hello.identity(), tap, listener, tasks);
    synchronized (this) {
      open.add(line);
    }
    line.onTape(enter(line, hello));
    return line;
  }

  /** Where it listens, for example {@code 127.0.0.1}; a name only if it does not. */
  public String host() {
    return server == null ? "localhost" : server.getInetAddress().getHostAddress();
  }

  /** The port, 0 if it does not listen. */
  public int port() {
    return server == null ? 0 : server.getLocalPort();
  }

  /** What it saw so far; stays readable after {@link #close}. */
  public Tape tape() {
    return tape;
  }

  /** The members (not taps) connected now, in the order they came. */
  public synchronized List<String> connected() {
    return List.copyOf(members.keySet());
  }

  /**
   * Sets the faults on the way to one member, present or to come; null ends them. They concern
   * frames only, not the news of who comes and goes.
   */
  public synchronized void setFaults(String identity, @Nullable LinkFaults wanted) {
    if (wanted == null) {
      faults.remove(identity);
    } else {
      faults.put(identity, wanted);
    }
    RelayEnd connection = members.get(identity);
    if (connection != null) {
      connection.setFaults(wanted);
    }
  }

  /** Frames that faults kept from a member on its present connection. */
  public synchronized long dropped(String identity) {
    RelayEnd connection = members.get(identity);
    return connection == null ? 0 : connection.dropped();
  }

  /** Cuts a member's connection off, as a broken network would. Returns whether it was there. */
  public boolean cut(String identity) {
    RelayEnd connection;
    synchronized (this) {
      connection = members.get(identity);
    }
    if (connection == null) {
      return false;
    }
    connection.close(CloseReason.CUT);
    return true;
  }

  private void accept(ServerSocket server) {
    while (true) {
      Socket socket;
      try {
        socket = server.accept();
      } catch (IOException e) {
        // Closing the server socket is how close() ends this thread.
        return;
      }
      RelayConnection connection = new RelayConnection(this, socket);
      boolean room;
      synchronized (this) {
        room = !closed && open.size() < MAX_CONNECTIONS && open.add(connection);
      }
      if (room) {
        connection.start();
      } else {
        connection.refuse(closed() ? CloseReason.RELAY_CLOSED : CloseReason.FULL);
      }
    }
  }

  private synchronized boolean closed() {
    return closed;
  }

  /** Lets a connection in that has said who it is; returns its line on the tape. */
  int enter(RelayEnd connection, RelayMessage.Hello hello) {
    boolean tap = hello.role() == RelayMessage.Role.TAP;
    RelayEnd previous;
    int span;
    synchronized (this) {
      previous = tap ? null : leave(members.get(hello.identity()));
      span = tape.connected(hello.identity(), tap, now());
      connection.notice(new RelayMessage.Welcome(List.copyOf(members.keySet())));
      if (!tap) {
        tell(new RelayMessage.Joined(hello.identity()), connection);
        members.put(hello.identity(), connection);
        connection.setFaults(faults.get(hello.identity()));
      }
      connection.entered();
    }
    if (previous != null) {
      previous.close(CloseReason.DUPLICATE_IDENTITY);
    }
    log.debug("relay: {} {} connected", tap ? "tap" : "member", hello.identity());
    return span;
  }

  /** Records a frame and passes it to everyone else. Waits while a receiver's queue is full. */
  void forward(RelayEnd from, String sender, PublishedFrame frame) throws InterruptedException {
    RelayedFrame relayed;
    List<RelayEnd> receivers = new ArrayList<>();
    synchronized (this) {
      relayed = new RelayedFrame(globalSequence++, now(), sender, frame);
      tape.record(relayed);
      for (RelayEnd connection : open) {
        if (connection != from && connection.hasEntered()) {
          receivers.add(connection);
        }
      }
    }
    Encoded message = new Encoded(relayed);
    for (RelayEnd receiver : receivers) {
      receiver.frame(relayed, message);
    }
  }

  /** Made when the first socket needs it. Used on one thread. */
  private static final class Encoded implements Supplier<byte[]> {
    private final RelayedFrame frame;
    private byte @Nullable [] message;

    Encoded(RelayedFrame frame) {
      this.frame = frame;
    }

    @Override
    public byte[] get() {
      byte[] made = message;
      if (made == null) {
        made = RelayCodec.encode(new RelayMessage.Forward(frame));
        message = made;
      }
      return made;
    }
  }

  /** Forgets a connection whose threads have ended. */
  void ended(RelayEnd connection, int span, CloseReason reason) {
    synchronized (this) {
      open.remove(connection);
      leave(connection);
      if (span >= 0) {
        tape.disconnected(span, now(), reason);
      }
    }
    log.debug("relay: a connection ended: {}", reason);
  }

  /** Takes a connection out of the members and tells the others. */
  private @Nullable RelayEnd leave(@Nullable RelayEnd connection) {
    if (connection != null && members.values().remove(connection)) {
      tell(new RelayMessage.Left(connection.identity()), connection);
    }
    return connection;
  }

  private void tell(RelayMessage news, RelayEnd except) {
    for (RelayEnd connection : open) {
      if (connection != except && connection.hasEntered()) {
        connection.notice(news);
      }
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /** Closes all connections and the port. The tape stays. Idempotent. */
  @Override
  public void close() {
    List<RelayEnd> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(open);
    }
    try {
      if (server != null) {
        server.close();
      }
    } catch (IOException e) {
      log.warn("relay: the port did not close: {}", e.getMessage());
    }
    left.forEach(connection -> connection.close(CloseReason.RELAY_CLOSED));
    left.forEach(RelayEnd::awaitEnd);
    Thread accepts = accepting;
    if (accepts == null) {
      return;
    }
    try { // until it has left accept(2), the kernel may still let a connection in
      accepts.join(RelayConnection.CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
