package io.matrixrtc.homeserver.http;

import org.jspecify.annotations.Nullable;

/** The server cannot listen where it was told to, most often because the port is in use. */
public final class BindFailed extends Exception {
  private static final long serialVersionUID = 1L;

  private final String host;
  private final int port;

  BindFailed(String host, int port, @Nullable Throwable cause) {
    super(
        "cannot listen on " + host + ":" + port + (cause == null ? "" : ": " + cause.getMessage()),
        cause);
    this.host = host;
    this.port = port;
  }

  public String host() {
    return host;
  }

  /** The port that was asked for. */
  public int port() {
    return port;
  }
}
