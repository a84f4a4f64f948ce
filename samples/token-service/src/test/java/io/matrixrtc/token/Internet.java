package io.matrixrtc.token;

import io.matrixrtc.token.federation.Dialer;
import io.matrixrtc.token.federation.HostResolver;
import io.vertx.core.Future;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A little internet: names with addresses and service records, and servers of this machine behind
 * public addresses. Records what was connected to.
 */
final class Internet implements HostResolver, Dialer {
  private final Map<String, List<String>> addresses = new ConcurrentHashMap<>();
  private final Map<String, List<Service>> services = new ConcurrentHashMap<>();
  private final Map<String, Integer> listening = new ConcurrentHashMap<>();
  private final List<String> dialled = new CopyOnWriteArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /**
   * Gives {@code host} these addresses; with several lists, the answers change with each look-up.
   */
  void name(String host, String... answers) {
    addresses.put(host, List.of(answers));
  }

  void service(String name, Service... records) {
    services.put(name, List.of(records));
  }

  /** Puts a server of this machine behind an address. */
  void server(String address, int port, int localPort) {
    listening.put(address + " " + port, localPort);
  }

  List<String> dialled() {
    return new ArrayList<>(dialled);
  }

  List<String> asked() {
    return new ArrayList<>(asked);
  }

  @Override
  public Future<List<InetAddress>> addresses(String host) {
    asked.add(host);
    List<String> known = addresses.getOrDefault(host, List.of());
    if (known.isEmpty() && host.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
      return Future.succeededFuture(List.of(address(host)));
    }
    // Each look-up may have another answer, as an attacker's name server has.
    long before = asked.stream().filter(host::equals).count() - 1;
    if (known.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    String answer = known.get((int) Math.min(before, known.size() - 1));
    return Future.succeededFuture(
        List.of(answer.split(" ")).stream().map(Internet::address).toList());
  }

  static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public Future<List<Service>> services(String name) {
    return Future.succeededFuture(services.getOrDefault(name, List.of()));
  }

  @Override
  public SocketAddress at(InetAddress address, int port) {
    String target = address.getHostAddress() + " " + port;
    dialled.add(target);
    Integer local = listening.get(target);
    return SocketAddress.inetSocketAddress(local == null ? 1 : local, "127.0.0.1");
  }
}
