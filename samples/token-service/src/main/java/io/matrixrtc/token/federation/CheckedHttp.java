package io.matrixrtc.token.federation;

import io.matrixrtc.token.federation.LookupException.Reason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * HTTP to servers that a caller names. A host is resolved once, its addresses are checked
 * (NET-PUBLIC), and the connection goes to a checked address, so that a second answer of the DNS
 * changes nothing (NET-PINNED); the certificate must be for the name (NET-TLS). No redirect is
 * followed here. Calls come from one event loop.
 */
public final class CheckedHttp {
  /** Longest answer that is read (NET-SIZE). */
  public static final int MAX_ANSWER_BYTES = 64 << 10;

  /** Addresses of one host that are tried. */
  static final int MAX_ADDRESSES = 4;

  /** Connections to one server. */
  static final int MAX_CONNECTIONS = 128;

  private static final int MAX_WAITING = 1_024;
  private static final int CONNECT_MILLIS = 3_000;
  private static final int IDLE_SECONDS = 10;

  /**
   * Whose certificates count.
   *
   * @param authorities a PEM file that replaces the JDK's authorities, if there is one
   * @param anyCertificate whether nothing is checked: for tests in a laboratory alone
   */
  public record Trust(Optional<Path> authorities, boolean anyCertificate) {
    /** The JDK's authorities. */
    public static Trust ofJdk() {
      return new Trust(Optional.empty(), false);
    }
  }

  private final Vertx vertx;
  private final HostResolver resolver;
  private final AddressPolicy policy;
  private final Dialer dialer;
  private final HttpClient client;

  /** Reaches what {@code policy} permits. */
  public CheckedHttp(
      Vertx vertx, HostResolver resolver, AddressPolicy policy, Dialer dialer, Trust trust) {
    this.vertx = vertx;
    this.resolver = resolver;
    this.policy = policy;
    this.dialer = dialer;
    HttpClientOptions options =
        new HttpClientOptions()
            .setConnectTimeout(CONNECT_MILLIS)
            .setKeepAliveTimeout(IDLE_SECONDS)
            .setDecompressionSupported(false) // a small body must not become a large one
            .setVerifyHost(!trust.anyCertificate())
            .setTrustAll(trust.anyCertificate());
    trust
        .authorities()
        .ifPresent(
            file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
    this.client =
        vertx.createHttpClient(
            options,
            new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS).setMaxWaitQueueSize(MAX_WAITING));
  }

  /** {@code GET} at {@code peer}. */
  Future<Answer> get(Peer peer, String pathAndQuery, Deadline deadline) {
    return send(peer, HttpMethod.GET, pathAndQuery, deadline);
  }

  /** {@code POST} of an empty JSON object. */
  Future<Answer> post(Peer peer, String pathAndQuery, Deadline deadline) {
    return send(peer, HttpMethod.POST, pathAndQuery, deadline);
  }

  private Future<Answer> send(Peer peer, HttpMethod method, String path, Deadline deadline) {
    Promise<Answer> end = Promise.promise();
    long timer =
        vertx.setTimer(
            deadline.remainingMillis(), late -> end.tryFail(failure(Reason.TIMEOUT, peer)));
    resolver
        .addresses(literal(peer.host()))
        .compose(addresses -> permitted(peer, addresses))
        .compose(addresses -> first(peer, method, path, addresses, 0, deadline))
        .onComplete(
            done -> {
              vertx.cancelTimer(timer);
              if (done.succeeded()) {
                end.tryComplete(done.result());
              } else {
                end.tryFail(
                    done.cause() instanceof LookupException known
                        ? known
                        : failure(Reason.UNREACHABLE, peer));
              }
            });
    return end.future();
  }

  private static String literal(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static LookupException failure(Reason reason, Peer peer) {
    return new LookupException(reason, "at " + peer.host() + " port " + peer.port());
  }

  private Future<List<InetAddress>> permitted(Peer peer, List<InetAddress> addresses) {
    if (addresses.isEmpty()) {
      return Future.failedFuture(failure(Reason.NO_ADDRESS, peer));
    }
    List<InetAddress> permitted =
        addresses.stream()
            .filter(address -> peer.trusted() || policy.permits(address))
            .limit(MAX_ADDRESSES)
            .toList();
    return permitted.isEmpty()
        ? Future.failedFuture(failure(Reason.REFUSED_ADDRESS, peer))
        : Future.succeededFuture(permitted);
  }

  /** Tries one address after the other until one takes the connection. */
  private Future<Answer> first(
      Peer peer,
      HttpMethod method,
      String path,
      List<InetAddress> addresses,
      int index,
      Deadline deadline) {
    if (deadline.isOver()) {
      return Future.failedFuture(failure(Reason.TIMEOUT, peer));
    }
    RequestOptions options =
        new RequestOptions()
            .setServer(dialer.at(addresses.get(index), peer.port()))
            .setHost(literal(peer.name()))
            .setPort(peer.port())
            .setSsl(peer.tls())
            .setMethod(method)
            .setURI(path)
            .setFollowRedirects(false)
            .setConnectTimeout(Math.min(CONNECT_MILLIS, deadline.remainingMillis()));
    return client
        .request(options)
        .recover(
            error ->
                index + 1 < addresses.size() && !deadline.isOver()
                    ? Future.failedFuture(new NextAddress())
                    : Future.failedFuture(failure(Reason.UNREACHABLE, peer)))
        .compose(request -> exchange(peer, request, deadline))
        .recover(
            error ->
                error instanceof NextAddress
                    ? first(peer, method, path, addresses, index + 1, deadline)
                    : Future.failedFuture(error));
  }

  private static final class NextAddress extends Exception {
    private static final long serialVersionUID = 1;

    NextAddress() {
      super("the next address may do", null, false, false);
    }
  }

  private Future<Answer> exchange(Peer peer, HttpClientRequest request, Deadline deadline) {
    Promise<Answer> end = Promise.promise();
    long timer = // NET-TIME: the connection ends, too
        vertx.setTimer(
            deadline.remainingMillis(),
            late -> {
              end.tryFail(failure(Reason.TIMEOUT, peer));
              request.reset();
            });
    end.future().onComplete(done -> vertx.cancelTimer(timer));
    request.putHeader("Host", peer.hostHeader()).putHeader("Accept", "application/json");
    Future<HttpClientResponse> response =
        request.getMethod().equals(HttpMethod.POST)
            ? request.putHeader("Content-Type", "application/json").send(Buffer.buffer("{}"))
            : request.send();
    response.onComplete(
        answer -> read(answer, peer, request, end),
        error -> end.tryFail(failure(Reason.UNREACHABLE, peer)));
    return end.future();
  }

  private static void read(
      HttpClientResponse response, Peer peer, HttpClientRequest request, Promise<Answer> end) {
    Buffer body = Buffer.buffer();
    response.exceptionHandler(error -> end.tryFail(failure(Reason.UNREACHABLE, peer)));
    response.handler(
        part -> {
          if (body.length() + part.length() > MAX_ANSWER_BYTES) {
            end.tryFail(failure(Reason.TOO_LARGE, peer));
            request.reset();
          } else {
            body.appendBuffer(part);
          }
        });
    response.endHandler(
        done ->
            end.tryComplete(
                new Answer(
                    response.statusCode(),
                    Optional.ofNullable(response.getHeader("Location")),
                    Optional.ofNullable(response.getHeader("Retry-After")),
                    body)));
  }

  /** Lets go of connections. */
  public void close() {
    client.close();
  }
}
