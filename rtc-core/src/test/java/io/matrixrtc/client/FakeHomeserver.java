package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.VirtualTime;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A homeserver of one process in virtual time, as small as these tests need it, with faults on
 * demand. All on the test's thread.
 */
final class FakeHomeserver implements HttpTransport {
  static final URI ADDRESS = URI.create("https://hs.test");

  /** What goes wrong with a call. */
  enum Fault {
    /** The request does not arrive. */
    LOST_REQUEST,
    /** It is carried out, and nobody hears of it. */
    LOST_ANSWER,
    /** 429 with a wait of three seconds. */
    LIMITED,
    /** 502 of a proxy. */
    BAD_GATEWAY
  }

  private final VirtualTime time;
  private final List<HttpCall> calls = new ArrayList<>();
  private final Map<String, String[]> tokens = new HashMap<>();
  private final Map<String, Map<String, ObjectNode>> deviceKeys = new TreeMap<>();
  private final Map<String, Map<String, JsonNode>> oneTimeKeys = new HashMap<>();
  private final Map<String, List<Stamped>> inboxes = new HashMap<>();
  private final Map<String, List<Stamped>> rooms = new LinkedHashMap<>();
  private final List<Stamped> listChanges = new ArrayList<>();
  private final Map<String, String> transactions = new HashMap<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private Function<HttpCall, Optional<Fault>> faults = call -> Optional.empty();
  private int position;
  private int ids;

  private record Stamped(int position, ObjectNode event) {}

  private record Waiting(String[] who, int since, CompletableFuture<HttpAnswer> answer) {}

  FakeHomeserver(VirtualTime time) {
    this.time = time;
  }

  void faults(Function<HttpCall, Optional<Fault>> decide) {
    faults = decide;
  }

  /** The next {@code times} calls whose path holds {@code part} meet {@code fault}. */
  void fault(String part, int times, Fault fault) {
    int[] left = {times};
    faults =
        call ->
            call.uri().getPath().contains(part) && left[0]-- > 0
                ? Optional.of(fault)
                : Optional.empty();
  }

  MatrixSession login(String user, String device) {
    String token = "secret-token-" + user + "-" + device + "-" + ids++;
    tokens.put(token, new String[] {"@" + user + ":hs.test", device});
    return new MatrixSession(ADDRESS, "@" + user + ":hs.test", device, AccessToken.of(token));
  }

  void logOut(MatrixSession session) {
    tokens.remove(session.token().reveal());
  }

  List<HttpCall> calls(String part) {
    return calls.stream().filter(call -> call.uri().getPath().contains(part)).toList();
  }

  /** Throws all one-time keys of a device away. */
  void forgetOneTimeKeys(MatrixSession session) {
    oneTimeKeys.remove(key(new String[] {session.userId(), session.deviceId()}));
  }

  /** Puts an event into a room, as state if it has a state key. */
  void roomEvent(
      String roomId, String type, Optional<String> stateKey, String sender, ObjectNode content) {
    ObjectNode event = Json.newObject().put("type", type).put("sender", sender);
    stateKey.ifPresent(key -> event.put("state_key", key));
    event.put("event_id", "$" + ids++).put("origin_server_ts", time.now().toEpochMilli());
    event.set("content", content);
    rooms.computeIfAbsent(roomId, id -> new ArrayList<>()).add(new Stamped(++position, event));
    wake();
  }

  /** Puts an event into a device's inbox, as anyone with a token can. */
  void toDevice(MatrixSession to, String sender, String type, ObjectNode content) {
    ObjectNode event = Json.newObject().put("type", type).put("sender", sender);
    event.set("content", content);
    inbox(new String[] {to.userId(), to.deviceId()}).add(new Stamped(++position, event));
    wake();
  }

  @Override
  public CompletionStage<HttpAnswer> send(HttpCall call) {
    calls.add(call);
    Optional<Fault> fault = faults.apply(call);
    if (fault.isPresent() && fault.get() == Fault.LIMITED) {
      return done(429, "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":3000}");
    } else if (fault.isPresent() && fault.get() == Fault.BAD_GATEWAY) {
      return done(502, "<html>");
    } else if (fault.isPresent() && fault.get() == Fault.LOST_REQUEST) {
      return CompletableFuture.failedFuture(new IOException("connection refused"));
    }
    CompletionStage<HttpAnswer> answer = carryOut(call);
    return fault.isEmpty()
        ? answer
        : CompletableFuture.failedFuture(new IOException("connection reset"));
  }

  private CompletionStage<HttpAnswer> carryOut(HttpCall call) {
    String[] who = call.token().map(token -> tokens.get(token.reveal())).orElse(null);
    if (who == null) {
      return done(401, "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"error\":\"?\",\"soft_logout\":true}");
    }
    List<String> path =
        Arrays.stream(call.uri().getRawPath().substring("/_matrix/client/v3/".length()).split("/"))
            .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
            .toList();
    ObjectNode body = call.body().map(FakeHomeserver::parse).orElse(Json.newObject());
    return switch (path.get(0)) {
      case "sync" -> sync(who, call.uri().getQuery());
      case "keys" -> done(200, keys(path.get(1), who, body));
      case "sendToDevice" -> done(200, sendToDevice(who, path, body));
      case "rooms" -> room(who, path, body);
      default -> done(404, "{\"errcode\":\"M_UNRECOGNIZED\",\"error\":\"?\"}");
    };
  }

  private String keys(String what, String[] who, ObjectNode body) {
    return switch (what) {
      case "upload" -> upload(who, body);
      case "query" -> query(body);
      case "claim" -> claim(body);
      default -> throw new AssertionError(what);
    };
  }

  private String upload(String[] who, ObjectNode body) {
    if (body.get("device_keys") instanceof ObjectNode keys) {
      deviceKeys.computeIfAbsent(who[0], user -> new TreeMap<>()).put(who[1], keys);
      listChanges.add(new Stamped(++position, Json.newObject().put("user", who[0])));
    }
    Map<String, JsonNode> mine =
        oneTimeKeys.computeIfAbsent(key(who), device -> new LinkedHashMap<>());
    body.path("one_time_keys").properties().forEach(e -> mine.put(e.getKey(), e.getValue()));
    ObjectNode answer = Json.newObject();
    answer.putObject("one_time_key_counts").put("signed_curve25519", mine.size());
    wake();
    return answer.toString();
  }

  private String query(ObjectNode body) {
    ObjectNode answer = Json.newObject();
    ObjectNode users = answer.putObject("device_keys");
    answer.putObject("failures");
    body.path("device_keys")
        .fieldNames()
        .forEachRemaining(
            user -> {
              ObjectNode devices = users.putObject(user);
              deviceKeys.getOrDefault(user, Map.of()).forEach(devices::set);
            });
    return answer.toString();
  }

  private String claim(ObjectNode body) {
    ObjectNode answer = Json.newObject();
    ObjectNode users = answer.putObject("one_time_keys");
    answer.putObject("failures");
    for (Map.Entry<String, JsonNode> user : body.path("one_time_keys").properties()) {
      for (Map.Entry<String, JsonNode> device : user.getValue().properties()) {
        Map<String, JsonNode> keys =
            oneTimeKeys.getOrDefault(user.getKey() + "/" + device.getKey(), new HashMap<>());
        if (!keys.isEmpty()) {
          String id = keys.keySet().iterator().next();
          users
              .withObjectProperty(user.getKey())
              .putObject(device.getKey())
              .set(id, keys.remove(id));
        }
      }
    }
    return answer.toString();
  }

  private String sendToDevice(String[] who, List<String> path, ObjectNode body) {
    String transaction = key(who) + "/" + String.join("/", path);
    if (transactions.putIfAbsent(transaction, "{}") == null) {
      for (Map.Entry<String, JsonNode> user : body.path("messages").properties()) {
        for (Map.Entry<String, JsonNode> device : user.getValue().properties()) {
          ObjectNode event = Json.newObject().put("type", path.get(1)).put("sender", who[0]);
          event.set("content", device.getValue());
          inbox(new String[] {user.getKey(), device.getKey()}).add(new Stamped(++position, event));
        }
      }
      wake();
    }
    return "{}";
  }

  private CompletionStage<HttpAnswer> room(String[] who, List<String> path, ObjectNode body) {
    String roomId = path.get(1);
    if (path.get(2).equals("state") && path.size() == 3) {
      Map<String, ObjectNode> state = new LinkedHashMap<>();
      for (Stamped stamped : rooms.getOrDefault(roomId, List.of())) {
        if (stamped.event.has("state_key")) {
          state.put(
              stamped.event.path("type").asText() + "\n" + stamped.event.path("state_key").asText(),
              stamped.event);
        }
      }
      return done(200, Json.newObject().arrayNode().addAll(state.values()).toString());
    }
    roomEvent(roomId, path.get(3), Optional.of(path.get(4)), who[0], body);
    return done(200, "{\"event_id\":\"$" + (ids - 1) + "\"}");
  }

  private CompletionStage<HttpAnswer> sync(String[] who, String query) {
    Map<String, String> parameters = new HashMap<>();
    for (String part : query.split("&")) {
      parameters.put(part.substring(0, part.indexOf('=')), part.substring(part.indexOf('=') + 1));
    }
    int since = Integer.parseInt(parameters.getOrDefault("since", "0"));
    inbox(who).removeIf(stamped -> stamped.position <= since);
    CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
    Waiting poll = new Waiting(who, since, answer);
    long millis = Long.parseLong(parameters.get("timeout"));
    if (hasNews(poll) || millis == 0) {
      answer.complete(syncAnswer(poll));
    } else {
      waiting.add(poll);
      time.schedule(
          time.now().plus(Duration.ofMillis(millis)),
          () -> {
            if (waiting.remove(poll)) {
              answer.complete(syncAnswer(poll));
            }
          });
    }
    return answer;
  }

  private void wake() {
    for (Waiting poll : List.copyOf(waiting)) {
      if (hasNews(poll) && waiting.remove(poll)) {
        poll.answer.complete(syncAnswer(poll));
      }
    }
  }

  private boolean hasNews(Waiting poll) {
    return inbox(poll.who).stream().anyMatch(s -> s.position > poll.since)
        || listChanges.stream().anyMatch(s -> s.position > poll.since)
        || rooms.values().stream().flatMap(List::stream).anyMatch(s -> s.position > poll.since);
  }

  private HttpAnswer syncAnswer(Waiting poll) {
    ObjectNode answer = Json.newObject().put("next_batch", Integer.toString(position));
    ArrayNode inbox = answer.putObject("to_device").putArray("events");
    after(inbox(poll.who), poll.since).forEach(inbox::add);
    ArrayNode changed = answer.putObject("device_lists").putArray("changed");
    after(listChanges, poll.since).forEach(e -> changed.add(e.path("user").asText()));
    answer
        .putObject("device_one_time_keys_count")
        .put("signed_curve25519", oneTimeKeys.getOrDefault(key(poll.who), Map.of()).size());
    ObjectNode join = answer.putObject("rooms").putObject("join");
    rooms.forEach(
        (roomId, events) -> {
          List<ObjectNode> news = after(events, poll.since);
          if (!news.isEmpty()) {
            join.putObject(roomId).putObject("timeline").putArray("events").addAll(news);
          }
        });
    return new HttpAnswer(200, Optional.empty(), answer.toString());
  }

  private static List<ObjectNode> after(List<Stamped> events, int since) {
    return events.stream().filter(e -> e.position > since).map(Stamped::event).toList();
  }

  private List<Stamped> inbox(String[] who) {
    return inboxes.computeIfAbsent(key(who), device -> new ArrayList<>());
  }

  private static String key(String[] who) {
    return who[0] + "/" + who[1];
  }

  private static ObjectNode parse(String text) {
    try {
      return Json.parseObject(text);
    } catch (MalformedJsonException e) {
      throw new AssertionError(e);
    }
  }

  private static CompletionStage<HttpAnswer> done(int status, String body) {
    return CompletableFuture.completedFuture(new HttpAnswer(status, Optional.empty(), body));
  }

  @Override
  public void close() {}
}
