package io.matrixrtc.token.federation;

import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/** Name resolution. Any thread may call; futures complete on the caller's context. */
public interface HostResolver {

  /**
   * A service record (RFC 2782).
   *
   * @param priority lower ones are tried first
   * @param weight among equals, higher ones are tried first
   * @param host the target
   * @param port the target's port
   */
  record Service(int priority, int weight, String host, int port) {}

  /**
   * The addresses of a host name, or of an address literal (without brackets).
   *
   * @return empty if there are none; fails only if it cannot be told
   */
  Future<List<InetAddress>> addresses(String host);

  /**
   * The service records of {@code name}.
   *
   * @return empty if there are none, or if it cannot be told
   */
  Future<List<Service>> services(String name);
}
