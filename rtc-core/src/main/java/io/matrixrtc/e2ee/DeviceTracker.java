package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutgoingRequest.KeysQuery;
import io.matrixrtc.json.Json;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Follows the device lists of users: knows which are outdated and asks for them. Each invalidation
 * gets a sequence number; an answer makes a list current only if it was asked for after the user's
 * latest invalidation (DEV-RACE).
 */
final class DeviceTracker {
  /** As many users go into one query (DEV-CHUNK). */
  static final int MAX_USERS_PER_QUERY = 250;

  private final String ownServer;
  private final UnitOfWork work;
  private final RequestIds ids;
  private final Map<String, Following> followed = new TreeMap<>();
  private final Map<String, UnderWay> underWay = new LinkedHashMap<>();
  private final FailureBackoff<String> servers = new FailureBackoff<>();
  private final FailureBackoff<String> users = new FailureBackoff<>();
  private final Set<String> unanswered = new HashSet<>(); // the homeserver gave no answer
  private final Map<String, Long> signed = new HashMap<>();
  private long sequence;

  /** Whether a user's list is outdated, and the number of its latest invalidation. */
  private record Following(boolean outdated, long invalidation) {}

  /**
   * A query without an answer yet, and the latest number when it was made. If it was out of band,
   * the answer makes no list current (DEV-OUT-OF-BAND).
   */
  private record UnderWay(KeysQuery query, boolean isOutOfBand, long askedAt) {}

  DeviceTracker(UserDevice own, UnitOfWork work, RequestIds ids, Map<String, Boolean> storedUsers) {
    this.ownServer = own.serverName();
    this.work = work;
    this.ids = ids;
    // DEV-RESTART: what changed while we were away is told only by the next sync, so trust nothing
    // that was outdated; the rest is invalidated by device_lists of that sync.
    storedUsers.forEach((user, outdated) -> followed.put(user, new Following(outdated, 0)));
    follow(own.userId()); // DEV-OWN-USER
  }

  /** Follows a user; the list counts as outdated until it was asked for. */
  void follow(String userId) {
    if (!followed.containsKey(userId)) {
      invalidate(userId);
    }
  }

  /** Takes {@code device_lists.changed}; users we do not follow are ignored (DEV-CHANGED). */
  void changed(Set<String> changedUsers) {
    changedUsers.stream().filter(followed::containsKey).sorted().forEach(this::invalidate);
  }

  /**
   * Takes {@code device_lists.left}: the server will tell no more changes, so the list is not
   * followed, and is outdated if it is followed again (DEV-LEFT).
   */
  void left(Set<String> leftUsers, String ownUser) {
    for (String userId : leftUsers) {
      if (!userId.equals(ownUser) && followed.remove(userId) != null) {
        unanswered.remove(userId);
        work.changes().untrackUser(userId);
      }
    }
  }

  /** Makes all lists outdated: whoever may have missed changes asks for everything (DEV-ALL). */
  void invalidateAll() {
    List.copyOf(followed.keySet()).forEach(this::invalidate);
  }

  /**
   * Makes those lists outdated that were asked for, answered or not: a first sync does not tell
   * what changed between the query and itself (DEV-FIRST).
   */
  void mayHaveMissedChanges() {
    Set<String> asked = new HashSet<>();
    underWay.values().forEach(query -> asked.addAll(query.query().users()));
    followed.forEach(
        (userId, following) -> {
          if (!following.outdated()) {
            asked.add(userId);
          }
        });
    changed(asked);
  }

  /** Makes one list outdated. */
  void invalidate(String userId) {
    followed.put(userId, new Following(true, ++sequence));
    work.changes().trackUser(userId, true);
  }

  Set<String> followed() {
    return Set.copyOf(followed.keySet());
  }

  /** Whether nothing newer than what is known of {@code userId} is there to ask for. */
  boolean isCurrent(String userId) {
    Following following = followed.get(userId);
    return following != null && !following.outdated();
  }

  /** Whether the list of {@code userId} is being refreshed, or can be. */
  boolean isRefreshing(String userId, Instant now) {
    Following following = followed.get(userId);
    return following != null && following.outdated() && !isWaiting(userId, now);
  }

  /**
   * The server whose silence is why the list of {@code userId} is outdated: the user's own, or our
   * homeserver. Empty if the list is current, or the homeserver knows of no such user.
   */
  Optional<String> silentServer(String userId, Instant now) {
    Following following = followed.get(userId);
    if (following == null || !following.outdated()) {
      return Optional.empty();
    }
    String server = UserDevice.serverName(userId);
    if (servers.isWaiting(server, now)) {
      return Optional.of(server);
    }
    boolean asked =
        underWay.values().stream().anyMatch(query -> query.query().users().contains(userId));
    return asked || unanswered.contains(userId) ? Optional.of(ownServer) : Optional.empty();
  }

  /** Whether the user's server, or the server about this user, failed lately. */
  private boolean isWaiting(String userId, Instant now) {
    return servers.isWaiting(UserDevice.serverName(userId), now) || users.isWaiting(userId, now);
  }

  /** The queries that are wanted now: those under way, and new ones for other outdated lists. */
  List<KeysQuery> next(Instant now) {
    Set<String> asked = new TreeSet<>();
    underWay.values().stream()
        .filter(waiting -> !waiting.isOutOfBand())
        .forEach(waiting -> asked.addAll(waiting.query().users()));
    List<String> wanted =
        followed.keySet().stream()
            .filter(user -> isRefreshing(user, now) && !asked.contains(user))
            .toList();
    ask(wanted, false);
    return underWay.values().stream().map(UnderWay::query).toList();
  }

  /** Asks for users, followed or not, without regard to who is waited for. */
  void askOutOfBand(Collection<String> userIds) {
    ask(List.copyOf(new TreeSet<>(userIds)), true);
  }

  private void ask(List<String> wanted, boolean outOfBand) {
    for (int from = 0; from < wanted.size(); from += MAX_USERS_PER_QUERY) {
      int to = Math.min(wanted.size(), from + MAX_USERS_PER_QUERY);
      KeysQuery query = query(wanted.subList(from, to));
      underWay.put(query.id(), new UnderWay(query, outOfBand, sequence));
    }
  }

  private KeysQuery query(Collection<String> userIds) {
    ObjectNode body = Json.newObject();
    ObjectNode wanted = body.putObject("device_keys");
    userIds.forEach(wanted::putArray);
    return new KeysQuery(ids.next(), body, Set.copyOf(userIds));
  }

  boolean isUnderWay(String id) {
    return underWay.containsKey(id);
  }

  /**
   * Our signature is on keys of these users by now. An answer that was asked for before may not
   * show it, and is not taken for them (XS-SIGN-RACE).
   */
  void signed(Set<String> userIds) {
    if (!userIds.isEmpty()) {
      sequence++;
      userIds.forEach(user -> signed.put(user, sequence));
    }
  }

  /** The users that a query asked for, and of whom its answer counts. */
  Set<String> askedFor(String id) {
    UnderWay waiting = underWay.get(id);
    return waiting == null
        ? Set.of()
        : waiting.query().users().stream()
            .filter(user -> counts(user, waiting))
            .collect(Collectors.toUnmodifiableSet());
  }

  private boolean counts(String userId, UnderWay query) {
    return signed.getOrDefault(userId, 0L) <= query.askedAt();
  }

  /** Takes the answer; to be called after its devices are in the directory. */
  void onAnswer(String id, ObjectNode answer, Instant now) {
    UnderWay waiting = underWay.remove(id);
    if (waiting == null) {
      return;
    }
    Set<String> failedServers = new TreeSet<>();
    answer.path("failures").fieldNames().forEachRemaining(failedServers::add);
    failedServers.remove(ownServer); // DEV-OWN-SERVER
    JsonNode answered = answer.path("device_keys");
    unanswered.removeAll(waiting.query().users());
    for (String userId : waiting.query().users()) {
      if (answered.path(userId).isObject()) {
        servers.succeeded(UserDevice.serverName(userId));
        users.succeeded(userId);
        if (!counts(userId, waiting)) {
          changed(Set.of(userId)); // asked for again
        } else if (!waiting.isOutOfBand()) {
          current(userId, waiting.askedAt());
        }
      } else if (!failedServers.contains(UserDevice.serverName(userId))) {
        users.failed(userId, now); // DEV-ABSENT: stays outdated, but is not asked for in a loop
      }
    }
    failedServers.stream()
        .filter(
            server ->
                waiting.query().users().stream()
                    .anyMatch(user -> UserDevice.serverName(user).equals(server)))
        .forEach(server -> servers.failed(server, now));
  }

  private void current(String userId, long askedAt) {
    Following following = followed.get(userId);
    if (following != null && following.invalidation() <= askedAt) { // DEV-RACE
      followed.put(userId, new Following(false, following.invalidation()));
      work.changes().trackUser(userId, false);
    }
  }

  /** The homeserver gave no answer: all users stay outdated. */
  void onFailure(String id, Instant now) {
    UnderWay waiting = underWay.remove(id);
    if (waiting != null) {
      waiting.query().users().forEach(user -> users.failed(user, now));
      waiting.query().users().stream().filter(followed::containsKey).forEach(unanswered::add);
    }
  }

  Optional<Instant> nextDeadline(Instant now) {
    return Stream.of(servers.nextEnd(now), users.nextEnd(now))
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }
}
