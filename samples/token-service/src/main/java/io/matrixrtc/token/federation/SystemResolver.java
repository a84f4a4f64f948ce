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
import java.util.concurrent.TimeUnit;

/**
 * {@link HostResolver} by this machine: addresses as every program here finds them, hosts file
 * included; service records by the configured DNS server.
 */
public final class SystemResolver implements HostResolver {
  private static final int THREADS = 16;
  private static final Duration SLOW = Duration.ofSeconds(30);
  private static final Duration SRV_TIMEOUT = Duration.ofSeconds(2);

  private final WorkerExecutor worker;
  private final DnsClient dns;

  /** Works on threads of {@code vertx}. */
  public SystemResolver(Vertx vertx) {
    this.worker =
        vertx.createSharedWorkerExecutor(
            "token-service-dns", THREADS, SLOW.toSeconds(), TimeUnit.SECONDS);
    this.dns =
        vertx.createDnsClient(new DnsClientOptions().setQueryTimeout(SRV_TIMEOUT.toMillis()));
  }

  @Override
  public Future<List<InetAddress>> addresses(String host) {
    return worker.executeBlocking(() -> lookUp(host), false);
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
