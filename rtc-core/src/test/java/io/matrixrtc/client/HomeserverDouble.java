package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.SerialScheduler;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The key, to-device and sync endpoints of a homeserver on virtual time, with faults on demand. For
 * tests of timing; the embedded homeserver is for tests over HTTP. Everybody shares a room with
 * everybody.
 */
final class HomeserverDouble implements HttpTransport {
  private final SerialScheduler time;
  private final Map<String, Login> logins = new LinkedHashMap<>();
  private final Map<Login, ObjectNode> deviceKeys = new LinkedHashMap<>();
  private final Map<Login, LinkedHashMap<String, JsonNode>> oneTimeKeys = new HashMap<>();
  private final Map<Login, Map.Entry<String, JsonNode>> fallbackKeys = new HashMap<>();
  private final Set<Login> usedFallback = new HashSet<>();
  private final Map<Login, List<Queued>> queues = new HashMap<>();
  private final List<Change> changes = new ArrayList<>();
  private final Map<String, List<Queued>> rooms = new LinkedHashMap<>();
  private final Set<String> transactions = new HashSet<>();
  private final Set<String> users = new HashSet<>();
  private final List<Poll> polls = new ArrayList<>();
  private long position;
  private int filters;
  private boolean soft;

  /** All requests, in order, as "METHOD path". */
  final List<String> log = new ArrayList<>();

  /** Bodies of all sendToDevice requests that were carried out. */
  final List<ObjectNode> sent = new ArrayList<>();

  /** Asked first: true loses the request before it arrives. */
  Predicate<HttpCall> drop = call -> false;

  /** Asked before each request is carried out: an answer here replaces it. */
  Function<HttpCall, Optional<HttpAnswer>> refuse = call -> Optional.empty();

  /** Asked after each request was carried out: true loses the answer. */
  Function<HttpCall, Boolean> lose = call -> false;

  /** What it says that it can do. */
  String versions = "{\"versions\":[\"v1.12\"]}";

  /** The sticky section of each room in a first sync for that room alone. */
  final Map<String, List<ObjectNode>> live = new HashMap<>();

  record Login(String userId, String deviceId) {}

  private record Queued(long at, ObjectNode event) {}

  private record Change(long at, String userId) {}

  private record Poll(
      Login login, long since, CompletableFuture<HttpAnswer> answer, HttpCall call) {}

  HomeserverDouble(SerialScheduler time) {
    this.time = time;
  }

  AccessToken login(String userId, String deviceId) {
    String token = "token-of-" + userId + "-" + deviceId;
    logins.put(token, new Login(userId, deviceId));
    users.add(userId);
    return AccessToken.of(token);
  }

  /** Takes the one-time keys and the fallback key away. */
  void exhaustKeys(String userId, String deviceId) {
    oneTimeKeys.remove(new Login(userId, deviceId));
    fallbackKeys.remove(new Login(userId, deviceId));
  }

  int oneTimeKeyCount(String userId, String deviceId) {
    return oneTimeKeys.getOrDefault(new Login(userId, deviceId), new LinkedHashMap<>()).size();
  }

  /** Puts an event into a device's queue as the server itself could. */
  void inject(String userId, String deviceId, ObjectNode event) {
    queues
        .computeIfAbsent(new Login(userId, deviceId), login -> new ArrayList<>())
        .add(new Queued(++position, event));
    wake();
  }

  /** Ends a login; softly, so that the device stays, or with its device. */
  void logOut(AccessToken token, boolean softly) {
    Login ended = logins.remove(token.reveal());
    soft = softly;
    if (!softly && ended != null) {
      deviceKeys.remove(ended);
    }
  }

  /** Another token for a device that exists. */
  AccessToken loginAgain(String userId, String deviceId) {
    String token = "token-of-" + userId + "-" + deviceId + "-" + ++position;
    logins.put(token, new Login(userId, deviceId));
    return AccessToken.of(token);
  }

  /** Puts a state event into a room that everybody is in. */
  void roomState(String roomId, String type, String stateKey, String sender, ObjectNode content) {
    ObjectNode event =
        Json.newObject()
            .put("type", type)
            .put("state_key", stateKey)
            .put("sender", sender)
            .put("event_id", "$" + ++position)
            .put("origin_server_ts", time.now().toEpochMilli());
    event.set("content", content);
    rooms.computeIfAbsent(roomId, id -> new ArrayList<>()).add(new Queued(position, event));
    wake();
  }

  /** Puts an event into the timeline of a room that everybody is in. */
  void roomEvent(String roomId, ObjectNode event) {
    rooms.computeIfAbsent(roomId, id -> new ArrayList<>()).add(new Queued(++position, event));
    wake();
  }

  /** Says that the keys of {@code userId} changed. */
  void announce(String userId) {
    changes.add(new Change(++position, userId));
    wake();
  }

  @Override
  public CompletionStage<HttpAnswer> send(HttpCall call) {
    if (call.uri().getRawPath().equals("/_matrix/client/versions")) {
      return CompletableFuture.completedFuture(new HttpAnswer(200, Optional.empty(), versions));
    }
    String path = call.uri().getRawPath().substring("/_matrix/client/v3/".length());
    log.add(call.method() + " " + path);
    if (drop.test(call)) {
      return CompletableFuture.failedFuture(new IOException("connection refused"));
    }
    Optional<HttpAnswer> refusal = refuse.apply(call);
    if (refusal.isPresent()) {
      return CompletableFuture.completedFuture(refusal.get());
    }
    Login login = logins.get(call.token().map(AccessToken::reveal).orElse(""));
    if (login == null) {
      return CompletableFuture.completedFuture(
          answer(
              401,
              Json.newObject()
                  .put("errcode", "M_UNKNOWN_TOKEN")
                  .put("error", "no")
                  .put("soft_logout", soft)));
    }
    CompletionStage<HttpAnswer> done = carryOut(login, path, call);
    return lose.apply(call)
        ? CompletableFuture.failedFuture(new IOException("connection reset"))
        : done;
  }

  private CompletionStage<HttpAnswer> carryOut(Login login, String path, HttpCall call) {
    ObjectNode body = call.body().map(HomeserverDouble::parse).orElseGet(Json::newObject);
    if (path.equals("sync")) {
      return sync(login, call);
    } else if (path.startsWith("rooms/")) {
      ArrayNode state = Json.mapper().createArrayNode().addAll(state(path.split("/", -1)[1]));
      return CompletableFuture.completedFuture(
          new HttpAnswer(200, Optional.empty(), state.toString()));
    }
    if (path.startsWith("user/")) {
      return CompletableFuture.completedFuture(
          answer(200, Json.newObject().put("filter_id", "f" + ++filters)));
    }
    ObjectNode result =
        switch (path) {
          case "keys/upload" -> upload(login, body);
          case "keys/query" -> query(body);
          case "keys/claim" -> claim(body);
          case "logout" -> {
            logins.values().remove(login);
            deviceKeys.remove(login);
            yield Json.newObject();
          }
          default -> {
            if (path.startsWith("sendToDevice/")) {
              yield toDevice(login, path, body);
            }
            throw new IllegalStateException("no such endpoint: " + path);
          }
        };
    return CompletableFuture.completedFuture(answer(200, result));
  }

  /** The state of a room; rooms are named without characters that a path would encode. */
  private Collection<ObjectNode> state(String roomId) {
    Map<String, ObjectNode> state = new LinkedHashMap<>();
    for (Queued queued : rooms.getOrDefault(roomId, List.of())) {
      ObjectNode event = queued.event();
      if (!event.has("state_key")) {
        continue;
      }
      state.put(event.path("type").asText() + " " + event.path("state_key").asText(), event);
    }
    return state.values();
  }

  private ObjectNode upload(Login login, ObjectNode body) {
    if (body.get("device_keys") instanceof ObjectNode keys) {
      deviceKeys.put(login, keys);
      changes.add(new Change(++position, login.userId()));
    }
    LinkedHashMap<String, JsonNode> keys =
        oneTimeKeys.computeIfAbsent(login, l -> new LinkedHashMap<>());
    body.path("one_time_keys")
        .properties()
        .forEach(entry -> keys.putIfAbsent(entry.getKey(), entry.getValue()));
    body.path("fallback_keys")
        .properties()
        .forEach(
            entry -> {
              fallbackKeys.put(login, Map.entry(entry.getKey(), entry.getValue()));
              usedFallback.remove(login);
            });
    wake();
    ObjectNode answer = Json.newObject();
    answer.putObject("one_time_key_counts").put("signed_curve25519", keys.size());
    return answer;
  }

  private ObjectNode query(ObjectNode body) {
    ObjectNode answer = Json.newObject();
    ObjectNode found = answer.putObject("device_keys");
    answer.putObject("failures");
    body.path("device_keys")
        .fieldNames()
        .forEachRemaining(
            userId -> {
              if (users.contains(userId)) {
                ObjectNode devices = found.putObject(userId);
                deviceKeys.forEach(
                    (login, keys) -> {
                      if (login.userId().equals(userId)) {
                        devices.set(login.deviceId(), keys);
                      }
                    });
              }
            });
    return answer;
  }

  private ObjectNode claim(ObjectNode body) {
    ObjectNode answer = Json.newObject();
    ObjectNode users = answer.putObject("one_time_keys");
    answer.putObject("failures");
    for (Map.Entry<String, JsonNode> user : body.path("one_time_keys").properties()) {
      user.getValue()
          .fieldNames()
          .forEachRemaining(
              deviceId -> {
                Map.Entry<String, JsonNode> key = take(new Login(user.getKey(), deviceId));
                if (key != null) {
                  users
                      .withObjectProperty(user.getKey())
                      .putObject(deviceId)
                      .set(key.getKey(), key.getValue());
                }
              });
    }
    return answer;
  }

  private Map.@Nullable Entry<String, JsonNode> take(Login login) {
    LinkedHashMap<String, JsonNode> keys = oneTimeKeys.get(login);
    if (keys != null && !keys.isEmpty()) {
      Map.Entry<String, JsonNode> first = keys.entrySet().iterator().next();
      keys.remove(first.getKey());
      return Map.entry(first.getKey(), first.getValue());
    }
    usedFallback.add(login);
    return fallbackKeys.get(login);
  }

  private ObjectNode toDevice(Login login, String path, ObjectNode body) {
    if (transactions.add(login + path)) {
      sent.add(body);
      String type = URLDecoder.decode(path.split("/", -1)[1], StandardCharsets.UTF_8);
      for (Map.Entry<String, JsonNode> user : body.path("messages").properties()) {
        for (Map.Entry<String, JsonNode> device : user.getValue().properties()) {
          ObjectNode event = Json.newObject().put("type", type).put("sender", login.userId());
          event.set("content", device.getValue());
          inject(user.getKey(), device.getKey(), event);
        }
      }
    }
    return Json.newObject();
  }

  private CompletionStage<HttpAnswer> sync(Login login, HttpCall call) {
    Map<String, String> query = new HashMap<>();
    for (String parameter : call.uri().getRawQuery().split("&", -1)) {
      String[] parts = parameter.split("=", 2);
      query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    String filter = query.getOrDefault("filter", "");
    if (filter.startsWith("{")) {
      return CompletableFuture.completedFuture(liveAnswer(filter));
    }
    long since = Long.parseLong(query.getOrDefault("since", "0"));
    queues.getOrDefault(login, new ArrayList<>()).removeIf(queued -> queued.at() <= since);
    Duration wait = Duration.ofMillis(Long.parseLong(query.get("timeout")));
    Poll poll = new Poll(login, since, new CompletableFuture<>(), call);
    if (!query.containsKey("since") || wait.isZero() || position > since) {
      poll.answer().complete(syncAnswer(poll));
    } else {
      polls.add(poll);
      time.schedule(
          time.now().plus(wait),
          () -> {
            if (polls.remove(poll)) {
              poll.answer().complete(syncAnswer(poll));
            }
          });
    }
    return poll.answer();
  }

  private HttpAnswer liveAnswer(String filter) {
    String roomId = parse(filter).path("room").path("rooms").path(0).asText();
    log.add("sync live " + roomId);
    ObjectNode answer = Json.newObject().put("next_batch", Long.toString(position));
    answer
        .putObject("rooms")
        .putObject("join")
        .putObject(roomId)
        .putObject("msc4354_sticky")
        .putArray("events")
        .addAll(live.getOrDefault(roomId, List.of()));
    return answer(200, answer);
  }

  private HttpAnswer syncAnswer(Poll poll) {
    ObjectNode answer = Json.newObject().put("next_batch", Long.toString(position));
    ArrayNode events = answer.putObject("to_device").putArray("events");
    queues.getOrDefault(poll.login(), List.of()).stream()
        .filter(queued -> queued.at() > poll.since())
        .forEach(queued -> events.add(queued.event()));
    if (poll.since() > 0) {
      Set<String> changed = new TreeSet<>();
      changes.stream()
          .filter(change -> change.at() > poll.since())
          .forEach(change -> changed.add(change.userId()));
      ArrayNode list = answer.putObject("device_lists").putArray("changed");
      changed.forEach(list::add);
    }
    ObjectNode joined = answer.putObject("rooms").putObject("join");
    rooms.forEach(
        (roomId, all) -> {
          List<ObjectNode> news =
              all.stream().filter(e -> e.at() > poll.since()).map(Queued::event).toList();
          if (!news.isEmpty()) {
            joined.putObject(roomId).putObject("timeline").putArray("events").addAll(news);
          }
        });
    answer
        .putObject("device_one_time_keys_count")
        .put("signed_curve25519", oneTimeKeyCount(poll.login().userId(), poll.login().deviceId()));
    ArrayNode unused = answer.putArray("device_unused_fallback_key_types");
    if (fallbackKeys.containsKey(poll.login()) && !usedFallback.contains(poll.login())) {
      unused.add("signed_curve25519");
    }
    return answer(200, answer);
  }

  private void wake() {
    List<Poll> waiting = List.copyOf(polls);
    polls.clear();
    waiting.forEach(poll -> poll.answer().complete(syncAnswer(poll)));
  }

  static HttpAnswer answer(int status, ObjectNode body) {
    return new HttpAnswer(status, Optional.empty(), body.toString());
  }

  private static ObjectNode parse(String text) {
    try {
      return Json.parseObject(text);
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public void close() {}
}
