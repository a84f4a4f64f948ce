package io.matrixrtc.homeserver.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The route table. HS-PATH-1: a raw path is split at its slashes first and each piece is decoded
 * afterwards, so that a state key may hold an encoded slash.
 */
public final class Routes {
  private static final class Node {
    final Map<String, Node> literals = new HashMap<>();
    @Nullable Node parameter;
    final Map<String, Route> methods = new LinkedHashMap<>();
  }

  /** What a path leads to. */
  sealed interface Match {
    record Found(Route route, Map<String, String> path) implements Match {}

    /** The path is known, with other methods only. */
    record OtherMethod() implements Match {}

    record Unknown() implements Match {}
  }

  private final Node root = new Node();
  private final List<Route> all = new ArrayList<>();

  /** Adds an endpoint under {@code /_matrix/client/v3} and {@code /_matrix/client/r0}. */
  public void client(
      String method,
      String path,
      Route.Access access,
      @Nullable RateClass rate,
      Route.Handler handler) {
    for (String prefix : List.of("/_matrix/client/v3", "/_matrix/client/r0")) {
      add(new Route(method, prefix + path, access, Optional.ofNullable(rate), handler));
    }
  }

  /** The same for an endpoint that asks for a token and has no rate limit. */
  public void client(String method, String path, Route.Handler handler) {
    client(method, path, Route.Access.REQUIRED, null, handler);
  }

  public void add(Route route) {
    Node node = root;
    for (String segment : segments(route.template())) {
      if (isParameter(segment)) {
        if (node.parameter == null) {
          node.parameter = new Node();
        }
        node = node.parameter;
      } else {
        node = node.literals.computeIfAbsent(segment, s -> new Node());
      }
    }
    if (node.methods.putIfAbsent(route.method(), route) != null) {
      throw new IllegalStateException("two routes for " + route.method() + " " + route.template());
    }
    all.add(route);
  }

  /** All routes as {@code METHOD template}, in the order they were added. */
  public List<String> describe() {
    return all.stream().map(r -> r.method() + " " + r.template()).collect(Collectors.toList());
  }

  Match match(String method, String rawPath) {
    List<String> segments = segments(rawPath);
    List<String> values = new ArrayList<>();
    Node node = find(root, segments, 0, values, method);
    if (node == null) {
      node = find(root, segments, 0, values, null);
      return node == null ? new Match.Unknown() : new Match.OtherMethod();
    }
    Route route = node.methods.get(method);
    if (route == null) {
      throw new IllegalStateException("found by method");
    }
    return new Match.Found(route, named(route, values));
  }

  private static Map<String, String> named(Route route, List<String> values) {
    Map<String, String> path = new HashMap<>();
    int next = 0;
    for (String segment : segments(route.template())) {
      if (isParameter(segment)) {
        String value = RawRequest.decodeSegment(values.get(next++));
        path.put(segment.substring(1, segment.length() - 1), value);
      }
    }
    return path;
  }

  // Literals first; the values of the parameters on the way are collected in order.
  private static @Nullable Node find(
      Node node, List<String> segments, int at, List<String> values, @Nullable String method) {
    if (at == segments.size()) {
      boolean fits = method == null ? !node.methods.isEmpty() : node.methods.containsKey(method);
      return fits ? node : null;
    }
    String segment = segments.get(at);
    Node literal = node.literals.get(segment);
    if (literal != null) {
      Node found = find(literal, segments, at + 1, values, method);
      if (found != null) {
        return found;
      }
    }
    if (node.parameter == null) {
      return null;
    }
    values.add(segment);
    Node found = find(node.parameter, segments, at + 1, values, method);
    if (found == null) {
      values.remove(values.size() - 1);
    }
    return found;
  }

  private static List<String> segments(String path) {
    return List.of(path.split("/", -1));
  }

  private static boolean isParameter(String segment) {
    return segment.startsWith("{") && segment.endsWith("}");
  }
}
