package io.matrixrtc.testkit.relay;

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

  private final ServerSocket server;
  private final InstantSource clock;
  private final Tape tape;
  private final Set<RelayConnection> open = new LinkedHashSet<>();
  private final Map<String, RelayConnection> members = new LinkedHashMap<>();
  private final Map<String, LinkFaults> faults = new LinkedHashMap<>();
  private final Thread accepting = new Thread(this::accept, "relay-accept");
  private long globalSequence;
  private boolean closed;

  private FrameRelay(ServerSocket server, InstantSource clock, Tape tape) {
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
    relay.accepting.setDaemon(true);
    relay.accepting.start();
    return relay;
  }

  /** Where it listens, for example {@code 127.0.0.1}. */
  public String host() {
    return server.getInetAddress().getHostAddress();
  }

  public int port() {
    return server.getLocalPort();
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
    RelayConnection connection = members.get(identity);
    if (connection != null) {
      connection.setFaults(wanted);
    }
  }

  /** Frames that faults kept from a member on its present connection. */
  public synchronized long dropped(String identity) {
    RelayConnection connection = members.get(identity);
    return connection == null ? 0 : connection.dropped();
  }

  /** Cuts a member's connection off, as a broken network would. Returns whether it was there. */
  public boolean cut(String identity) {
    RelayConnection connection;
    synchronized (this) {
      connection = members.get(identity);
    }
    if (connection == null) {
      return false;
    }
    connection.close(CloseReason.CUT);
    return true;
  }

  private void accept() {
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
  int enter(RelayConnection connection, RelayMessage.Hello hello) {
    boolean tap = hello.role() == RelayMessage.Role.TAP;
    RelayConnection previous;
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
  void forward(RelayConnection from, String sender, PublishedFrame frame)
      throws InterruptedException {
    RelayedFrame relayed;
    List<RelayConnection> receivers = new ArrayList<>();
    synchronized (this) {
      relayed = new RelayedFrame(globalSequence++, now(), sender, frame);
      tape.record(relayed);
      for (RelayConnection connection : open) {
        if (connection != from && connection.hasEntered()) {
          receivers.add(connection);
        }
      }
    }
    byte[] message = RelayCodec.encode(new RelayMessage.Forward(relayed));
    for (RelayConnection receiver : receivers) {
      receiver.frame(message);
    }
  }

  /** Forgets a connection whose threads have ended. */
  void ended(RelayConnection connection, int span, CloseReason reason) {
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
  private @Nullable RelayConnection leave(@Nullable RelayConnection connection) {
    if (connection != null && members.values().remove(connection)) {
      tell(new RelayMessage.Left(connection.identity()), connection);
    }
    return connection;
  }

  private void tell(RelayMessage news, RelayConnection except) {
    for (RelayConnection connection : open) {
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
    List<RelayConnection> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(open);
    }
    try {
      server.close();
    } catch (IOException e) {
      log.warn("relay: the port did not close: {}", e.getMessage());
    }
    left.forEach(connection -> connection.close(CloseReason.RELAY_CLOSED));
    left.forEach(RelayConnection::awaitEnd);
    try { // until it has left accept(2), the kernel may still let a connection in
      accepting.join(RelayConnection.CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
