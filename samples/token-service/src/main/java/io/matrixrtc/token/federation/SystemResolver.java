package io.matrixrtc.token.federation;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsClientOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * {@link HostResolver} by this machine: addresses as every program here finds them, hosts file
 * included; service records by the configured DNS server.
 */
public final class SystemResolver implements HostResolver {
  /** Look-ups block, and callers name the hosts: those of servers that are silent take seconds. */
  private static final int THREADS = 64;

  /** Names that are looked up, or wait for it, at a time (NET-NAMES). */
  static final int MAX_UNDER_WAY = 512;

  /** Whoever asked has given up by then. */
  private static final Duration USEFUL = Duration.ofSeconds(5);

  private static final Duration SLOW = Duration.ofSeconds(30);
  private static final Duration SRV_TIMEOUT = Duration.ofSeconds(2);

  private final WorkerExecutor worker;
  private final DnsClient dns;
  private final Function<String, List<InetAddress>> blocking;
  private final Map<String, Future<List<InetAddress>>> underWay = new ConcurrentHashMap<>();

  /** Works on threads of {@code vertx}. */
  public SystemResolver(Vertx vertx) {
    this(vertx, SystemResolver::lookUp);
  }

  /**
   * @param blocking finds the addresses of a host; may block
   */
  SystemResolver(Vertx vertx, Function<String, List<InetAddress>> blocking) {
    this.blocking = blocking;
    this.worker =
        vertx.createSharedWorkerExecutor(
            "token-service-dns", THREADS, SLOW.toSeconds(), TimeUnit.SECONDS);
    this.dns =
        vertx.createDnsClient(new DnsClientOptions().setQueryTimeout(SRV_TIMEOUT.toMillis()));
  }

  /** One look-up for all that ask for a host meanwhile; none of what waited for too long. */
  @Override
  public Future<List<InetAddress>> addresses(String host) {
    Future<List<InetAddress>> same = underWay.get(host);
    if (same != null) {
      return same;
    } else if (underWay.size() >= MAX_UNDER_WAY) {
      return Future.succeededFuture(List.of());
    }
    Deadline useful = Deadline.in(USEFUL);
    Future<List<InetAddress>> found =
        worker.executeBlocking(() -> useful.isOver() ? List.of() : blocking.apply(host), false);
    underWay.put(host, found);
    return found.onComplete(done -> underWay.remove(host, found));
  }

  private static List<InetAddress> lookUp(String host) {
    try {
      return List.of(InetAddress.getAllByName(host));
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  @Override
  public Future<List<Service>> services(String name) {
    return dns.resolveSRV(name)
        .map(
            records ->
                records.stream()
                    .map(one -> new Service(one.priority(), one.weight(), one.target(), one.port()))
                    .toList())
        .otherwise(List.of());
  }
}
