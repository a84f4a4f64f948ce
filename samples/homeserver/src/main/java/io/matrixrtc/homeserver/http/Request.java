package io.matrixrtc.homeserver.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request after routing and authentication, as handlers see it. Used on the state thread. */
public final class Request {
  private final RawRequest raw;
  private final Map<String, String> path;
  private final @Nullable Session session;

  Request(RawRequest raw, Map<String, String> path, @Nullable Session session) {
    this.raw = raw;
    this.path = path;
    this.session = session;
  }

  /** The decoded path segment that the route's template calls {@code name}. */
  public String path(String name) {
    return Objects.requireNonNull(path.get(name), () -> "the route has no segment " + name);
  }

  /** The first value of a query parameter. */
  public Optional<String> query(String name) {
    return queryAll(name).stream().findFirst();
  }

  public List<String> queryAll(String name) {
    return raw.query().getOrDefault(name, List.of());
  }

  /** A whole number, zero or more; {@code M_INVALID_PARAM} if it is anything else. */
  public Optional<Long> queryNumber(String name) {
    return query(name)
        .map(
            text -> {
              if (!text.matches("[0-9]{1,18}")) {
                throw MatrixException.invalidParam(name + " must be a number.");
              }
              return Long.parseLong(text);
            });
  }

  /** Whether a query parameter is {@code true}; absent is false. */
  public boolean queryFlag(String name) {
    return query(name).orElse("false").equals("true");
  }

  /** The caller; only on routes that ask for a token. */
  public Session session() {
    return Objects.requireNonNull(session, "the route asks for no token");
  }

  /** The access token that the caller came with; only on routes that ask for one. */
  public String token() {
    return raw.token().orElseThrow(() -> new IllegalStateException("the route asks for no token"));
  }

  public Optional<Session> optionalSession() {
    return Optional.ofNullable(session);
  }

  /** The body as it came. Nobody may change it. */
  public byte[] body() {
    return raw.body();
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return raw.headers().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** The body as an object. */
  public ObjectNode json() {
    return Json.parseObject(raw.body());
  }

  /** The body as an object; an empty body counts as {@code {}}. */
  public ObjectNode jsonOrEmpty() {
    return raw.body().length == 0 ? Json.object() : json();
  }

  public Fields fields() {
    return new Fields(json());
  }

  /** The client's address, without the port. */
  public String address() {
    return raw.address();
  }

  /** What identifies the resource for repeated requests: method and raw path, r0 as v3. */
  public String resource() {
    return raw.method()
        + " "
        + raw.path().replaceFirst("^/_matrix/client/r0/", "/_matrix/client/v3/");
  }
}
