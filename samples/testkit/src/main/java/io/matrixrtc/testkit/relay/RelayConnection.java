package io.matrixrtc.testkit.relay;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The relay's end of one connection: a thread that reads and a thread that writes. */
final class RelayConnection implements RelayEnd {
  /** A connection that has not said who it is by then is closed. */
  private static final int HELLO_MILLIS = 5_000;

  /** How long a closing connection may take to send what is ready. */
  static final long CLOSE_MILLIS = 1_000;

  private static final Logger log = LoggerFactory.getLogger(RelayConnection.class);

  private final FrameRelay relay;
  private final Socket socket;
  private final OutboundQueue queue = new OutboundQueue();
  private final AtomicReference<@Nullable CloseReason> reason = new AtomicReference<>();
  private final Thread reader = new Thread(this::read, "relay-read");
  private final Thread writer = new Thread(this::write, "relay-write");
  private volatile String identity = "";
  private volatile boolean entered;

  RelayConnection(FrameRelay relay, Socket socket) {
    this.relay = relay;
    this.socket = socket;
    reader.setDaemon(true);
    writer.setDaemon(true);
  }

  void start() {
    writer.start();
    reader.start();
  }

  /** Says why there is no place, and closes. */
  void refuse(CloseReason why) {
    writer.start();
    close(why);
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public boolean hasEntered() {
    return entered;
  }

  /** From now on it hears the others. */
  @Override
  public void entered() {
    entered = true;
  }

  @Override
  public void setFaults(@Nullable LinkFaults faults) {
    queue.setFaults(faults);
  }

  @Override
  public long dropped() {
    return queue.dropped();
  }

  @Override
  public void notice(RelayMessage news) {
    if (!queue.offerNotice(RelayCodec.encode(news))) {
      close(CloseReason.STALLED);
    }
  }

  @Override
  public void frame(RelayedFrame frame, Supplier<byte[]> encoded) throws InterruptedException {
    if (!queue.offerFrame(encoded.get())) {
      close(CloseReason.STALLED);
    }
  }

  /** Begins to close; the first reason given counts. */
  @Override
  public void close(CloseReason why) {
    if (reason.compareAndSet(null, why)) {
      queue.close(RelayCodec.encode(new RelayMessage.Goodbye(why)));
      if (why == CloseReason.STALLED || why == CloseReason.CUT) {
        closeSocket();
      } else {
        // For a client that neither reads on nor hangs up.
        CompletableFuture.delayedExecutor(CLOSE_MILLIS, TimeUnit.MILLISECONDS)
            .execute(this::closeSocket);
      }
    }
  }

  @Override
  public void awaitEnd() {
    try {
      reader.join(2 * CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    int span = -1;
    // Closing the stream would close the socket before its last message: finish() does that.
    try {
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(HELLO_MILLIS);
      if (!(RelayCodec.read(in) instanceof RelayMessage.Hello hello)) {
        throw new RelayProtocolException("first message is not HELLO");
      }
      socket.setSoTimeout(0);
      identity = hello.identity();
      span = relay.enter(this, hello);
      boolean mayPublish = hello.role() == RelayMessage.Role.MEMBER;
      RelayMessage message;
      while ((message = RelayCodec.read(in)) != null) {
        if (!mayPublish || !(message instanceof RelayMessage.Publish publish)) {
          throw new RelayProtocolException("a client may not send this message");
        }
        relay.forward(this, identity, publish.frame());
      }
      close(CloseReason.LEFT);
    } catch (RelayProtocolException e) {
      log.info("relay: closing a connection: {}", e.getMessage());
      close(CloseReason.MALFORMED);
    } catch (IOException e) {
      close(entered ? CloseReason.LEFT : CloseReason.MALFORMED);
    } catch (InterruptedException e) {
      close(CloseReason.RELAY_CLOSED);
    } finally {
      finish(span);
    }
  }

  private void finish(int span) {
    try {
      writer.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeSocket();
    CloseReason why = reason.get();
    relay.ended(this, span, why == null ? CloseReason.LEFT : why);
  }

  private void write() {
    try {
      OutputStream out = socket.getOutputStream();
      byte[] message;
      while ((message = queue.take()) != null) {
        out.write(message);
      }
      socket.shutdownOutput();
      if (reason.get() != CloseReason.LEFT) {
        // The reader may be waiting for a client that does not hang up by itself.
        closeSocket();
      }
    } catch (IOException e) {
      close(CloseReason.LEFT);
      closeSocket();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeSocket() {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("relay: a socket did not close: {}", e.getMessage());
    }
  }
}
