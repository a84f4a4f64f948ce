package io.matrixrtc.testkit.relay;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a {@link FrameRelay}, from the same or another process.
 *
 * <p>Safe for many threads. {@link #publish} waits while the relay cannot take more, which it
 * cannot while any receiver's queue is full: so a listener must not publish, and should be quick.
 */
public final class RelayClient implements RelayLine {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int CLOSE_MILLIS = 1_000;
  private static final Logger log = LoggerFactory.getLogger(RelayClient.class);

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;
  private final RelayListener listener;
  private final CompletableFuture<CloseReason> closed = new CompletableFuture<>();
  private volatile boolean closing;
  private volatile @Nullable Thread reader;

  private RelayClient(Socket socket, RelayListener listener) throws IOException {
    this.socket = socket;
    this.out = socket.getOutputStream();
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    this.listener = listener;
  }

  /**
   * Connects as a member. Returns when the relay has let it in: frames published by others after
   * that reach the listener.
   *
   * @param identity for example {@code @alice:example.org:DEVICE}, 1 to 512 bytes of UTF-8
   * @throws RelayProtocolException if the relay refuses it or is not a relay
   */
  public static RelayClient connect(String host, int port, String identity, RelayListener listener)
      throws IOException, RelayProtocolException {
    return connect(
        host, port, new RelayMessage.Hello(RelayMessage.Role.MEMBER, identity), listener);
  }

  /**
   * Connects as a tap: receives everything, is seen by nobody, cannot publish. What an attacker on
   * the network has, and who left the call and goes on listening.
   */
  public static RelayClient tap(String host, int port, String identity, RelayListener listener)
      throws IOException, RelayProtocolException {
    return connect(host, port, new RelayMessage.Hello(RelayMessage.Role.TAP, identity), listener);
  }

  private static RelayClient connect(
      String host, int port, RelayMessage.Hello hello, RelayListener listener)
      throws IOException, RelayProtocolException {
    byte[] first = RelayCodec.encode(hello);
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(CONNECT_MILLIS);
      RelayClient client = new RelayClient(socket, listener);
      client.out.write(first);
      RelayMessage answer = RelayCodec.read(client.in);
      if (!(answer instanceof RelayMessage.Welcome welcome)) {
        throw new RelayProtocolException("relay did not welcome us: " + answer);
      }
      socket.setSoTimeout(0);
      Thread reader = new Thread(() -> client.read(welcome), "relay-client-" + hello.identity());
      client.reader = reader;
      reader.setDaemon(true);
      reader.start();
      return client;
    } catch (IOException | RelayProtocolException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public void publish(PublishedFrame frame) throws IOException {
    byte[] message = RelayCodec.encode(new RelayMessage.Publish(frame));
    synchronized (out) {
      out.write(message);
    }
  }

  /** Completes when the connection has ended and the listener has heard its last call. */
  public CompletionStage<CloseReason> closed() {
    return closed.minimalCompletionStage();
  }

  private void read(RelayMessage.Welcome welcome) {
    CloseReason reason = CloseReason.LEFT;
    try {
      welcome.members().forEach(listener::onJoined);
      RelayMessage message;
      while ((message = RelayCodec.read(in)) != null) {
        if (message instanceof RelayMessage.Goodbye goodbye) {
          reason = goodbye.reason();
        } else if (!closing) {
          deliver(message);
        }
      }
    } catch (RelayProtocolException e) {
      if (e.getCause() instanceof EOFException) {
        log.debug("relay client: connection ended within a message");
        return;
      }
      log.warn("relay client: the relay broke the protocol: {}", e.getMessage());
      reason = CloseReason.MALFORMED;
    } catch (IOException e) {
      log.debug("relay client: connection ended: {}", e.getMessage());
    } finally {
      try {
        closeSocket();
        listener.onClosed(reason);
      } finally {
        closed.complete(reason);
      }
    }
  }

  private void deliver(RelayMessage message) throws RelayProtocolException {
    if (message instanceof RelayMessage.Forward forward) {
      listener.onFrame(forward.frame());
    } else if (message instanceof RelayMessage.Joined joined) {
      listener.onJoined(joined.identity());
    } else if (message instanceof RelayMessage.Left left) {
      listener.onLeft(left.identity());
    } else {
      throw new RelayProtocolException("a relay may not send this message");
    }
  }

  /**
   * Leaves, and waits up to a second until the relay has taken what was written. From now on the
   * listener hears only {@link RelayListener#onClosed}. Idempotent.
   */
  @Override
  public void close() {
    closing = true;
    try {
      socket.shutdownOutput();
      if (Thread.currentThread() != reader) {
        closed.get(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (IOException | TimeoutException | ExecutionException e) {
      log.debug("relay client: closing without a farewell: {}", e.toString());
      closeSocket();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closeSocket();
    }
  }

  private void closeSocket() {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("relay client: the socket did not close: {}", e.getMessage());
    }
  }
}
